package server

import (
	"fmt"
	"net/http"

	"example.org/shop/internal/paths"
)

type Config struct {
	Base string
}

type Server struct {
	mux    *http.ServeMux
	config Config
}

func New(config Config) http.Handler {
	s := &Server{mux: http.NewServeMux(), config: config}
	s.routes()
	return logged(s)
}

func logged(next http.Handler) http.Handler { return next }

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Server) routes() {
	s.mux.HandleFunc("GET /items/{id}", s.item)
	s.mux.HandleFunc("POST example.org/items/{$}", s.item)
	s.mux.HandleFunc(fmt.Sprintf("GET %s/files/{path...}", s.config.Base), s.item)
	s.mux.Handle(paths.Orders+"/", http.HandlerFunc(s.item))
	s.handle("PUT", "/wrapped", s.item)

	admin := http.NewServeMux()
	admin.HandleFunc("DELETE /cache", s.item)
	s.mux.Handle("/admin/", http.StripPrefix("/admin", admin))

	whole := http.NewServeMux()
	whole.HandleFunc("/whole/path", s.item)
	s.mux.Handle("/whole/", http.TimeoutHandler(whole, 1, "late"))
}

func (s *Server) handle(method, path string, h http.HandlerFunc) {
	s.mux.HandleFunc(method+" "+path, h)
}

func (s *Server) item(w http.ResponseWriter, r *http.Request) {
	r.Header.Get("/not-a-route")
}
