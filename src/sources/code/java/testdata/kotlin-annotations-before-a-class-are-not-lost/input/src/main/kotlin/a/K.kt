package a
const val BASE = "/k"
@RestController
@RequestMapping(BASE)
class K(private val s: S) {
  companion object { const val SUB = "/sub" }
  @GetMapping("$BASE/{id}", produces = ["application/json"])
  suspend fun a(@PathVariable id: Long) = s.get("/no")
  @PostMapping(SUB + "/x", "/y")
  fun b() {}
  @RequestMapping(path = ["/c", "/d"], method = [RequestMethod.PUT])
  fun c() {}
}
@Configuration
class Routes(private val h: H) {
  @Bean
  fun r() = router {
    "/api".nest {
      GET("/a", h::a)
      accept(APPLICATION_JSON).nest { POST("/b", h::b) }
    }
    GET("/c") { ok().build() }
  }
  @Bean
  fun co() = coRouter { DELETE("/co/{id}", h::d) }
}
