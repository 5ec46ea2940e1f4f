package a;
@Configuration(proxyBeanMethods = false)
public class R {
  @Bean
  public RouterFunction<ServerResponse> all(H h) {
    return RouterFunctions.route()
      .path("/api", this::api)
      .GET("/top", request -> ServerResponse.ok().build())
      .add(other(h))
      .resources("/static/**", new ClassPathResource("static/"))
      .route(RequestPredicates.GET("/rp"), h::rp)
      .build();
  }
  private RouterFunction<ServerResponse> api() {
    return route().GET("/sub/{id}", h::x).build();
  }
  private RouterFunction<ServerResponse> other(H h) { return route(DELETE("/o/{id}").and(accept(JSON)), h::o); }
  @Bean RouterFunction<ServerResponse> nested(H h) {
    return nest(path("/n1"), nest(path("/n2").and(accept(JSON)), route(GET("/x"), h::x)));
  }
}
