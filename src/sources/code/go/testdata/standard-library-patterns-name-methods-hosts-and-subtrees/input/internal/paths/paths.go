package paths

const (
	root   = "/api"
	Orders = root + "/orders"
)
