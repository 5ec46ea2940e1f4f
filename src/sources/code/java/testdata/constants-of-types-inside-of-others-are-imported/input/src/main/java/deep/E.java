package deep;
@RestController
@RequestMapping(ApiPaths.ROOT + "/" + E.NAME)
public class E {
  static final String NAME = "things";
  static final String FMT = String.format("%s/x", NAME);
  @GetMapping(NAME + "/" + ApiPaths.Sub.Deep.D) void d() {}
}
