package main

import (
	"log"
	"net/http"

	"example.org/shop/internal/server"
)

func main() {
	http.HandleFunc("/debug", func(w http.ResponseWriter, r *http.Request) {})
	http.Handle("/static/", http.StripPrefix("/static/", http.FileServer(http.Dir("static"))))
	resp, _ := http.Get("http://users/not-a-route")
	client := &http.Client{}
	client.Get("/not-a-route")
	_ = resp
	log.Fatal(http.ListenAndServe(":8080", server.New(server.Config{Base: "/v1"})))
}
