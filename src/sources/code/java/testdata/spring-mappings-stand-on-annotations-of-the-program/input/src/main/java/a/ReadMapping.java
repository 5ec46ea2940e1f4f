package a;
@RequestMapping(method = RequestMethod.GET)
public @interface ReadMapping { @AliasFor(annotation = RequestMapping.class) String[] value() default {}; }
