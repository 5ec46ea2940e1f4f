package app;
@ApplicationPath("/rest")
public class App extends Application {}
