package cat;
@Path("/items")
public class Items {
    @GET public String all() { return ""; }
    @Incoming("prices") public void price(String p) {}
}
