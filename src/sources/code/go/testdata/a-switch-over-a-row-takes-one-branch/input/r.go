package router

import (
	"net/http"
	"github.com/gin-gonic/gin"
)

type Route struct {
	Name string
	Method string
	Pattern string
	HandlerFunc gin.HandlerFunc
}

func NewRouter() *gin.Engine {
	router := gin.Default()
	for _, route := range routes {
		switch route.Method {
		case http.MethodGet:
			router.GET(route.Pattern, route.HandlerFunc)
		case http.MethodPost:
			router.POST(route.Pattern, route.HandlerFunc)
		}
	}
	return router
}
func f(c *gin.Context) {}

var routes = []Route{
	{"A", http.MethodGet, "/a/:id", f},
	{"B", http.MethodPost, "/b", f},
}
