package main

import "github.com/example/user/api"

func main() {
	api.MakeHTTPHandler("/u")
}
