package shop.orders
class Locations : LocationsGrpcKt.LocationsCoroutineImplBase() {}
