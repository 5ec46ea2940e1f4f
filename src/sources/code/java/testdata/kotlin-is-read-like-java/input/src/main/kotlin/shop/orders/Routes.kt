package shop.orders
@Configuration
class Routes(private val handler: Handler) {
    @Bean
    fun routes() = coRouter {
        GET("/ready", handler::ready)
        "/carts".nest {
            (accept(JSON) and "/deep").nest { DELETE("/all", handler::clear) }
            POST("/{id}", handler::add)
        }
        path("/n").nest { PUT("/x") { ok().build() } }
    }
}
