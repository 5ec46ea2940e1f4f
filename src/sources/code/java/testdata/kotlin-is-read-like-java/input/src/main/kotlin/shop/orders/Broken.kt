package shop.orders
@RestController
class Broken {
    @GetMapping("/whole")
    fun whole() {}
    fun (
}
