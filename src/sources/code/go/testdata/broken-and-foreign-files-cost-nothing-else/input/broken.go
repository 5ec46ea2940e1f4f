package main

import "net/http"

func main() {
	http.HandleFunc("/before", nil)
	if x := { {
	http.HandleFunc("/after", nil)
}
