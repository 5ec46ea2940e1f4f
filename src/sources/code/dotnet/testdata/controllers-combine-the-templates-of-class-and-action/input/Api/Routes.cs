namespace Shop.Api;

public static class Routes
{
    private const string Root = "files";
    public const string Files = $"{Root}/all";
}
