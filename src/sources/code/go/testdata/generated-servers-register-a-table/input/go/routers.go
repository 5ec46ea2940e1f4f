package swagger

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"
)

type Route struct {
	Name        string
	Method      string
	Pattern     string
	HandlerFunc http.HandlerFunc
}

type Routes []Route

func NewRouter() *mux.Router {
	router := mux.NewRouter().StrictSlash(true)
	for _, route := range routes {
		var handler http.Handler
		handler = route.HandlerFunc
		handler = Logger(handler, route.Name)

		router.
			Methods(route.Method).
			Path(route.Pattern).
			Name(route.Name).
			Handler(handler)
	}
	for _, c := range []Controller{} {
		c.Register(router)
	}
	return router
}

type Controller interface{ Register(r *mux.Router) }

func Logger(inner http.Handler, name string) http.Handler { return inner }

var routes = Routes{
	Route{
		"Index",
		"GET",
		"/v2/",
		Index,
	},

	Route{
		Name:        "AddPet",
		Method:      strings.ToUpper("Post"),
		Pattern:     "/v2/pet",
		HandlerFunc: Index,
	},
	{"GetPet", "GET", "/v2/pet/{petId}", Index},
}

func Index(w http.ResponseWriter, r *http.Request) {}
