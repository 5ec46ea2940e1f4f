package groups

import "github.com/julienschmidt/httprouter"

func Router() *httprouter.Router {
	router := httprouter.New()
	router.GET("/h/:name", nil)
	router.Handler("POST", "/h", nil)
	return router
}
