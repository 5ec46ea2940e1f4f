package main

import (
	"net/http"

	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"example.org/gen/greetv1connect"
	pb "example.org/genproto"
)

func main() {
	srv := grpc.NewServer()
	pb.RegisterCartServiceServer(srv, &server{})
	// pb.RegisterOldServiceServer(srv, &server{})
	healthpb.RegisterHealthServer(srv, &server{})
	pb.RegisterCartServiceHandlerServer(nil, nil, nil)
	srv.RegisterMetricsServer(nil)
	mux := http.NewServeMux()
	path, handler := greetv1connect.NewGreetServiceHandler(&server{})
	mux.Handle(path, handler)
}

type server struct{}
