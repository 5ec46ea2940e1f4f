package a;
@Path("/greet")
public interface GreetApi { @GET @Path("/{n}") String hi(@PathParam("n") String n); }
