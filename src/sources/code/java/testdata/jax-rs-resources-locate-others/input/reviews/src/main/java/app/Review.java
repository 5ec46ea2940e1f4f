package app;
public record Review(String author, String text) {}
