class App {
    String get() { return rest.getForObject("http://vets-service/vets/{vetId}", String.class); }
    String url() { return getServiceUrl("ts-order-service") + "/api"; }
    @Value("${inventory.url:http://inventory:8083}") String inventory;
}
