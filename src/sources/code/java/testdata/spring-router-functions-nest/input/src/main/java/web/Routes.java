package web;
import static org.springframework.web.reactive.function.server.RequestPredicates.*;
import static org.springframework.web.reactive.function.server.RouterFunctions.*;
class Routes {
    private static final String ITEMS = "/items";
    @Bean
    RouterFunction<ServerResponse> plain(Handler h) {
        return route(GET("/a/{id}").and(accept(JSON)), h::get).andRoute(POST("/a"), h::post);
    }
    @Bean
    RouterFunction<ServerResponse> built(Handler h) {
        return RouterFunctions.route()
            .GET("/b", h::list)
            .path("/shop", shop -> shop
                .POST(ITEMS, accept(JSON), h::create)
                .nest(path("/deep").and(accept(JSON)), deep -> deep.DELETE("/{id}", h::delete)))
            .build();
    }
    RouterFunction<ServerResponse> nested(Handler h) {
        return nest(path("/n"), route(PUT("/x"), h::put));
    }
}
