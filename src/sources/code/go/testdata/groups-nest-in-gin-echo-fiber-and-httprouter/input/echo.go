package groups

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

func Echo() *echo.Echo {
	e := echo.New()
	e.GET("/hello", func(c echo.Context) error { return nil })
	g := e.Group("/admin")
	g.Add(http.MethodDelete, "/users/:id", nil)
	g.Add(echo.PUT, "/users/:id", nil)
	g = e.Group("/other")
	g.Any("/x", nil)
	return e
}
