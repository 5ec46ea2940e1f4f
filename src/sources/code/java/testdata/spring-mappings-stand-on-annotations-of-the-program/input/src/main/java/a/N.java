package a;
@RestController
public class N { @ReadMapping("/n") void n() {} }
