package main

import (
	"net/http"
	"os"

	"github.com/gorilla/mux"
)

var baseUrl = ""

func main() {
	baseUrl = os.Getenv("BASE_URL")
	r := mux.NewRouter()
	r.HandleFunc(baseUrl+"/", home).Methods(http.MethodGet, http.MethodHead)
	r.HandleFunc("/any", home)
	r.Methods("POST").Path("/pay").Handler(wrap(
		home,
	))
	r.
		Methods("DELETE").
		Path("/chained").
		HandlerFunc(home)
	r.PathPrefix("/static/").Handler(http.StripPrefix("/static/", http.FileServer(http.Dir("."))))
	r.Methods("GET").PathPrefix("/health").Handler(http.HandlerFunc(home))
	r.Path("/no-handler").Name("nothing")
	api := r.PathPrefix("/api").Subrouter()
	registerUsers(api)
	v2 := api.PathPrefix("/v2").Subrouter().StrictSlash(true)
	v2.Handle("/things/{id:[0-9]+}", http.HandlerFunc(home)).Methods("PUT").Queries("q", "{q}")
	legacy := mux.NewRouter()
	legacy.HandleFunc("/gone", home)
	r.PathPrefix("/legacy").Handler(http.StripPrefix("/legacy", legacy))
	http.ListenAndServe(":80", addHeaders(r))
}

func wrap(h http.HandlerFunc) http.Handler { return h }

func home(w http.ResponseWriter, r *http.Request) { mux.Vars(r) }
