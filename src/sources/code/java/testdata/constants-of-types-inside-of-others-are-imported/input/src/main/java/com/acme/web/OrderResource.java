package com.acme.web;
import com.acme.api.Routes.Orders;
@RestController
@RequestMapping(value = com.acme.api.Routes.V1, produces = "application/json")
public class OrderResource {
  @RequestMapping(method = RequestMethod.GET, value = Orders.ITEMS)
  public void items() {}
  @RequestMapping(method = RequestMethod.POST)
  public void make() {}
  @GetMapping(path = "/regex/{id:[0-9]{1,3}}/**")
  public void regex() {}
}
