package a;
@Configuration
public class WebConfig implements WebMvcConfigurer {
  @Override
  public void configurePathMatch(PathMatchConfigurer configurer) {
    configurer.addPathPrefix("/api/v1", c -> c.isAnnotationPresent(RestController.class));
    configurer.addPathPrefix("/admin", HandlerTypePredicate.forBasePackage("a.admin"));
  }
}
