package main

var addr = flag.String("catalogue", "catalogue:80", "address of the catalogue")

func main() {
	req, _ := http.NewRequest(http.MethodPut, "http://payment/payments/1", nil)
	conn, _ := grpc.Dial("recommendation:8080", grpc.WithInsecure())
	mongo.Connect("mongodb://orders-db:27017,orders-db-2:27017/orders")
}
