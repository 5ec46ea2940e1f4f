using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace Shop.Api.Controllers;

[ApiController]
[Route("api/v{version:apiVersion}/[controller]")]
[Authorize]
public class OrdersController : ControllerBase
{
    private readonly HttpClient _client;

    [HttpGet]
    public async Task<IActionResult> List() => Ok(await _client.GetAsync("/not-a-route"));

    [HttpGet("{id:int}")]
    [HttpHead("{id:int}")]
    [AllowAnonymous]
    public IActionResult Get(int id) => Ok();

    [HttpPost, Route("[action]")]
    public IActionResult Import() => Ok();

    [HttpPut("/absolute/{name}")]
    public IActionResult Absolute(string name) => Ok();

    [HttpDelete("~/rooted")]
    public IActionResult Rooted() => Ok();

    [AcceptVerbs("GET", "PATCH", Route = "verbs")]
    public IActionResult Verbs() => Ok();

    [HttpGet(Routes.Files + "/{**path}")]
    public IActionResult Files(string path) => Ok();

    [HttpGet("pages/{page?}")]
    public IActionResult Pages(int? page) => Ok();

    [NonAction]
    [HttpGet("helper")]
    public IActionResult Helper() => Ok();

    public IActionResult Unrouted() => Ok();
}
