package a;
@Target(ElementType.TYPE) @Retention(RetentionPolicy.RUNTIME)
@RestController
@RequestMapping("/api/v1")
public @interface ApiV1Controller { @AliasFor(annotation = RequestMapping.class, attribute = "value") String[] value() default {}; }
