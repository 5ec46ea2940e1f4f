package com.acme.web;
import static com.acme.api.Routes.Users.BY_ID;
import static com.acme.api.Routes.*;
import com.acme.api.Routes;
@RestController
@RequestMapping(path = Routes.Users.BASE)
@RequiredArgsConstructor
public class UserResource {
  static final String LOCAL = "/local";
  @GetMapping(BY_ID)
  public User get(@PathVariable Long id) { return null; }
  @DeleteMapping(path = LOCAL + BY_ID)
  public void del() {}
  @PatchMapping({LOCAL, "/p"})
  public void patch() {}
  @PutMapping("/" + "x" + "/{" + "y" + "}")
  public void put() {}
}
