package a.admin;
@Controller
public class Flags { @GetMapping("/flags") String flags() { return "flags"; } }
