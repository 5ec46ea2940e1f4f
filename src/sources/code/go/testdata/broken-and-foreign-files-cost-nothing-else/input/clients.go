package main

import "net/http"

type cache map[string]string

func (c cache) Get(key string) string        { return c[key] }
func (c cache) Handle(path string, f func()) {}

func endless(m *http.ServeMux) {
	endless(m)
	cache{}.Get("/not-a-route")
	cache{}.Handle("/not-a-route", nil)
	http.DefaultClient.Get("/not-a-route")
}
