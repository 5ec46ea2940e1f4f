package a;
@ApiV1Controller
public class M { @GetMapping("/m") void m() {} }
