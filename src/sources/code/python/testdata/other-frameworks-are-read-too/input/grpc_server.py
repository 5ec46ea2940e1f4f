import demo_pb2_grpc
from grpc_health.v1 import health_pb2_grpc

# demo_pb2_grpc.add_OldServicer_to_server(None, None)


def serve(server):
    demo_pb2_grpc.add_EmailServiceServicer_to_server(object(), server)
    health_pb2_grpc.add_HealthServicer_to_server(object(), server)
