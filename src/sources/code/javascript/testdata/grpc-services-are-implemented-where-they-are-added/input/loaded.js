const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const shop = load('shop.proto').shop;
const health = load('health.proto').grpc.health.v1;
function load(path) {
  const definition = protoLoader.loadSync(path);
  return grpc.loadPackageDefinition(definition);
}
class Server {
  constructor() {
    this.server = new grpc.Server();
    this.server.addService(shop.cards.PaymentService.service, { charge() {} });
    this.server.addService(health.Health.service, { check() {} });
  }
}
module.exports = Server;
