package a;
public class GreetRes implements GreetApi { public String hi(String n) { return n; } }
