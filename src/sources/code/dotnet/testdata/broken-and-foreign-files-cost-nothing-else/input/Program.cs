var app = WebApplication.Create(args);
app.MapGet("/before", () => 1);
app.MapGet("/broken", ( => ;
app.MapGet("/after", () => 1);
var cache = new Cache();
cache.MapGet("/not-a-route", 1);
