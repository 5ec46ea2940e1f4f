package shop.orders;
public class Order {
    private static final long serialVersionUID = 1L;
    private String email, cardNumber;
    private long total;
}
