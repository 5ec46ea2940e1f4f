package b;
@RestController
class Broken {
    @GetMapping("/whole") void whole() {}
    @GetMapping(LOOP) void loop() {}
    static final String LOOP = LOOP + "/x";
    @GetMapping("/broken" void broken( {}
}
