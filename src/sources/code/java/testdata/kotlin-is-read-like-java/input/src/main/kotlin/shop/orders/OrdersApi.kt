package shop.orders
interface OrdersApi {
    @DeleteMapping("/{id}")
    fun remove(@PathVariable id: Long)
}
