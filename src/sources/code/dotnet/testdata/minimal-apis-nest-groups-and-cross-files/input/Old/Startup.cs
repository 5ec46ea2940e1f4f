namespace Old;

public class Startup
{
    public void Configure(IApplicationBuilder app, IWebHostEnvironment env)
    {
        app.UseRouting();
        app.UseEndpoints(endpoints =>
        {
            endpoints.MapGrpcService<GreeterService>();
            endpoints.MapGet("/old", async context => { await context.Response.WriteAsync("x"); });
        });
    }
}

public class GreeterService : Greeter.GreeterBase { }

public class Modules : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapPut("/module/{id}", (int id) => id);
    }
}
