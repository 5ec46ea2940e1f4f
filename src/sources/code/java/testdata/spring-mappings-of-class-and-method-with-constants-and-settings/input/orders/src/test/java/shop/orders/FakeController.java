@RestController
class FakeController { @GetMapping("/fake") void fake() {} }
