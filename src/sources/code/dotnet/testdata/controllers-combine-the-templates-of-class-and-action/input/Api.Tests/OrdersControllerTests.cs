using Microsoft.AspNetCore.Mvc;

[Route("only-in-tests")]
public class FakeController : ControllerBase
{
    [HttpGet]
    public int Get() => 1;
}
