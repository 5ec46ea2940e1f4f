package web;
@RestController
@Retention(RetentionPolicy.RUNTIME)
public @interface ApiController {}
