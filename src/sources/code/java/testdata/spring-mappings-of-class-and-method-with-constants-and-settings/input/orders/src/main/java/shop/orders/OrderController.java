package shop.orders;

import static shop.orders.Paths.SEARCH;
import org.springframework.web.bind.annotation.*;

@RestController
@RequestMapping(Paths.BASE + "/orders")
public class OrderController {
    private static final String ID = "/{id:[0-9]+}";

    @GetMapping
    public List<Order> list(@RequestParam(name = "customer") String c, @RequestParam int page) { return null; }

    @GetMapping(ID)
    public Order get(@PathVariable long id) { return null; }

    @PreAuthorize("hasRole('ADMIN')")
    @PostMapping(value = {"", "/new"}, consumes = "application/json")
    public Order create(@Valid @RequestBody Order order) { return null; }

    @RequestMapping(path = SEARCH, method = {RequestMethod.GET, RequestMethod.POST})
    public List<Order> search() { return null; }

    @RequestMapping("${orders.admin-path}/${missing:purge}")
    public void purge() { restTemplate.getForObject("/not-a-route", String.class); }

    public void helper() {}
}
