package c;
@FeignClient("stock-service")
interface StockClient {}
