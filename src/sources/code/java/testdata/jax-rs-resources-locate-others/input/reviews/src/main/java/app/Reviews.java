package app;
import javax.ws.rs.*;
@Path("reviews")
@RolesAllowed("user")
public class Reviews {
    @GET
    @Path("/{product : [a-z]+}")
    public Response get(@PathParam("product") String product, @QueryParam("lang") String lang, @Context HttpHeaders headers) { return null; }
    @POST
    @PermitAll
    public Response add(Review review) { return null; }
    @Path("{product}/ratings")
    public Ratings ratings(@PathParam("product") String product) { return new Ratings(); }
}
