package main

import (
	"net/http"

	sw "openapi/go"
)

func main() {
	http.ListenAndServe(":8080", sw.NewRouter())
}
