import { Server } from '@grpc/grpc-js';
import { CartServiceService } from './gen/cart_grpc_pb';
const server = new Server();
server.addService(CartServiceService, new CartImpl());
