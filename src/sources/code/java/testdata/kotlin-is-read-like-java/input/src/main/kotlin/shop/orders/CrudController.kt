package shop.orders
abstract class CrudController<T> {
    @PostMapping
    fun create(@RequestBody order: Order) {}
}
