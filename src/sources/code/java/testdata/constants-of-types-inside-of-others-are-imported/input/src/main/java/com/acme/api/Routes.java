package com.acme.api;
public final class Routes {
  public static final String API = "/api";
  public static final String V1 = API + "/v1";
  public static class Users { public static final String BASE = V1 + "/users"; public static final String BY_ID = "/{id}"; }
  public interface Orders { String BASE = "/orders"; String ITEMS = BASE + "/{orderId}/items"; }
}
