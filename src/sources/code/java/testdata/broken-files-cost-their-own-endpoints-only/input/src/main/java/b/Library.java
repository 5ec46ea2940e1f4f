package b;
import com.acme.lib.Versions;
@RestController
@RequestMapping(Versions.V1 + "/things")
class Library { @GetMapping("/{id}") void get() {} }
