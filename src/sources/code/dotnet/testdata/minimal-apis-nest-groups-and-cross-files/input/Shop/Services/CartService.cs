namespace Shop.Services;

public class CartService(ILogger<CartService> logger) : Cart.CartBase
{
}
