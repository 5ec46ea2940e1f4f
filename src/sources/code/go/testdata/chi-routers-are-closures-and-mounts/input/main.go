package main

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

func main() {
	r := chi.NewRouter()
	r.Use(nil)
	r.Get("/", nil)
	r.Route("/articles", func(r chi.Router) {
		r.With(paginate).Get("/", nil)
		r.Route("/{articleID}", func(r chi.Router) {
			r.Use(nil)
			r.Put("/", nil)
			r.Method("DELETE", "/{part:[a-z]+}", nil)
		})
	})
	r.Group(func(r chi.Router) {
		r.HandleFunc("/grouped/*", nil)
	})
	r.Mount("/users", usersResource{}.Routes())
	r.Mount("/admin", adminRouter())
	r.Mount("/debug", http.NotFoundHandler())
	http.ListenAndServe(":3333", r)
}

type usersResource struct{}

func (rs usersResource) Routes() chi.Router {
	r := chi.NewRouter()
	r.Post("/", nil)
	r.Get("/{id}", nil)
	return r
}

func adminRouter() http.Handler {
	r := chi.NewRouter()
	r.Get("/accounts", nil)
	return r
}

func paginate(next http.Handler) http.Handler { return next }
