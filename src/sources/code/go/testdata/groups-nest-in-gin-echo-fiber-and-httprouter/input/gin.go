package groups

import "github.com/gin-gonic/gin"

type App struct {
	*gin.Engine
	name string
}

type Users struct{ group *gin.RouterGroup }

func (u Users) mount() {
	u.group.GET("/:id", auth, handle)
	u.group.POST("", handle)
}

func NewApp() *App {
	app := &App{Engine: gin.New(), name: "shop"}
	app.Use(gin.Recovery())
	app.Any("/any", handle)
	v1 := app.Group("/v1", auth)
	{
		v1.Handle("PATCH", "/orders/:order/*rest", handle)
		Users{group: v1.Group("/users")}.mount()
	}
	v1.Match([]string{"GET", "PUT"}, "/match", handle)
	app.Static("/assets", "./assets")
	app.StaticFile("/favicon.ico", "./favicon.ico")
	return app
}

func Loose(r gin.IRouter) {
	r.DELETE("/loose", handle)
}

func auth(c *gin.Context)   {}
func handle(c *gin.Context) { c.Query("/not-a-route"); c.Get("/not-a-route") }
