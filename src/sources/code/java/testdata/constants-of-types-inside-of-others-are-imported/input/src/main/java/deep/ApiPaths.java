package deep;
public interface ApiPaths { String ROOT = "/root"; interface Sub { class Deep { public static final String D = "deep"; } } }
