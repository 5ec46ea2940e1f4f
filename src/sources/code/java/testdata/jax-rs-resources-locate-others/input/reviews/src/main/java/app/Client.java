package app;
@RegisterRestClient
@Path("/remote")
public interface Client { @GET String get(); }
