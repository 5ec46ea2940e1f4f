package b;
@RestController
class Ring extends Gnir { @GetMapping("/ring") void ring() {} }
class Gnir extends Ring {}
