package shop.orders

import org.springframework.web.bind.annotation.*
import shop.paths.BASE

@RestController
@RequestMapping("$BASE/orders", produces = ["application/json"])
class OrderController(private val service: OrderService) : CrudController<Order>(), OrdersApi {
    companion object {
        const val ID = "/{id}"
    }

    @GetMapping(ID, "/by-id" + ID)
    suspend fun get(@PathVariable("id") id: Long, @RequestParam lang: String?): Order? = null

    @PreAuthorize("hasRole('ADMIN')")
    @RequestMapping(path = ["\${orders.path}", Paths.CLOSED], method = [RequestMethod.GET, RequestMethod.HEAD])
    fun all() = service.all()

    override fun remove(id: Long) {}

    fun helper() = client.get("/not-a-route")
}

object Paths {
    const val CLOSED = "/closed"
}
