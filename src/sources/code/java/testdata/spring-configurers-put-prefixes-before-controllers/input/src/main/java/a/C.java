package a;
@RestController
public class C { @GetMapping("/c") void c() {} }
