package a;
@Path("/ext") @RegisterRestClient(configKey = "ext")
public interface Cl { @GET @Path("/x") String x(); }
