package a;
@Controller
public class Page { @GetMapping("/page") String page() { return "page"; } }
