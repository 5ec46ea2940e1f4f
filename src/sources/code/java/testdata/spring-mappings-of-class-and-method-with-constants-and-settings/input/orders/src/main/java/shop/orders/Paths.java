package shop.orders;
public interface Paths extends Roots {
    String BASE = API + "/v1";
    String SEARCH = "/search";
}
