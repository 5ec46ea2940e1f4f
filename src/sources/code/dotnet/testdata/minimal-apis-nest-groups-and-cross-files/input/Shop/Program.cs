using Shop.Apis;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddProblemDetails();
var app = builder.Build();

app.UseAuthentication();
app.MapGet("/", () => "home");
app.MapMethods("/hook", [HttpMethods.Post, "PUT"], () => { });
app.MapHealthChecks("/health");
app.MapDefaults();

var api = app.NewVersionedApi("Catalog").MapGroup("/api").HasApiVersion(1.0);
api.MapItems("items").RequireAuthorization();
api.MapGroup("admin").RequireAuthorization()
    .MapDelete("cache/{key:guid}", (string key) => 1);
api.MapPost("secret", () => 1).WithName("x").RequireAuthorization();
foreach (var path in new[] { "/a", "/b" })
{
    app.MapPatch($"/loop{path}", () => 1);
}
app.MapGrpcService<Shop.Services.CartService>();
app.MapControllerRoute("default", "{controller=Home}/{action=Index}/{id?}");
var client = new HttpClient();
client.GetAsync("/not-a-route");
app.Run();
