var app = WebApplication.Create(args);
app.MapGet("/generated", () => 1);
