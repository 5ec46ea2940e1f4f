package main

import "github.com/gorilla/mux"

func registerUsers(r *mux.Router) {
	r.HandleFunc("/users/{name}", home).Methods("GET")
}
