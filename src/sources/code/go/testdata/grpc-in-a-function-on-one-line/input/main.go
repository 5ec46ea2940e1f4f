package main

import (
	"example.com/gen/cart"
	"google.golang.org/grpc"
)

var module = fx.Invoke(func(s *grpc.Server) { cart.RegisterCartServer(s, nil) })
