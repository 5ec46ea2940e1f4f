package api

import (
	"net/http"

	"github.com/gorilla/mux"
)

func MakeHTTPHandler(base string) http.Handler {
	r := mux.NewRouter()
	r.Methods("GET").Path(base + "/login").Handler(nil)
	return r
}
