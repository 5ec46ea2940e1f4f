namespace Shop.Apis;

public static class ItemsApi
{
    public static RouteGroupBuilder MapItems(this IEndpointRouteBuilder app, string prefix)
    {
        var group = app.MapGroup(prefix);
        group.MapGet("/{id:int}", Get);
        group.MapGet("/page/{page:int?}", Get);
        return group;
    }

    private static string Get(int id) => "";
}
