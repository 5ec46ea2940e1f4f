package swagger

import "github.com/gorilla/mux"

type Store struct{}

func (s *Store) Register(r *mux.Router) {
	for path, method := range map[string]string{"/store/order": "POST", "/store/inventory": "GET"} {
		r.HandleFunc(path, Index).Methods(method)
	}
	for _, row := range []struct{ path string }{{"/store/a"}, {"/store/b"}} {
		r.HandleFunc(row.path, Index)
	}
}
