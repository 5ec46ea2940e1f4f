using Microsoft.AspNetCore.Mvc;

namespace Shop.Api.Controllers;

[Route("crud/[controller]")]
public abstract class CrudController<T> : Controller
{
    [HttpGet("{id}")]
    public virtual T Get(string id) => default;

    [HttpDelete("{id}")]
    public virtual void Delete(string id) { }
}

public class CustomersController : CrudController<Customer>
{
    [HttpGet("{id}/full")]
    public override Customer Get(string id) => null;
}

public class PlainController : Controller
{
    [Route("plain")]
    public IActionResult Index() => View();
}

public class HttpGetHelper
{
    [HttpGet("no-controller")]
    public void Nothing() { }
}
