package s;
@GrpcService
class Greeting implements Greeter {}
