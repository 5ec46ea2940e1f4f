package groups

import "github.com/gofiber/fiber/v2"

func Fiber() {
	app := fiber.New()
	app.Get("/a", nil).Post("/b", nil)
	app.Route("/r", func(r fiber.Router) {
		r.All("/c/:id?", nil)
	})
	sub := fiber.New()
	sub.Put("/d", nil)
	app.Mount("/sub", sub)
}
