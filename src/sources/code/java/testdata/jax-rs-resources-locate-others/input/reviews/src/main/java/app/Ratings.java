package app;
public class Ratings {
    @GET public String all() { return ""; }
    @DELETE @Path("{stars}") public void remove(@PathParam("stars") int stars) {}
}
