package main

import (
	"net/http"
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
)

func main() {
	mux := runtime.NewServeMux()
	mux.HandlePath("GET", "/hello/{name}", func(w http.ResponseWriter, r *http.Request, p map[string]string) {})
	http.ListenAndServe(":1", mux)
}
