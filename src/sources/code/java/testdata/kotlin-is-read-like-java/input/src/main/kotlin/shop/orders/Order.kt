package shop.orders
data class Order(val email: String, var total: Int = 0)
