public static class Extensions
{
    public static WebApplication MapDefaults(this WebApplication app)
    {
        if (app.Environment.IsDevelopment())
        {
            app.MapGet("/alive", () => "ok");
        }
        return app;
    }
}
