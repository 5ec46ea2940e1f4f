package c;
@FeignClient(name = "payments", url = "${payments.url}", path = "/v1")
public interface PaymentsClient {
    @PostMapping("/charges/{id}")
    void charge(@PathVariable String id);
    @RequestMapping(value = "/charges", method = RequestMethod.GET)
    String list();
}
