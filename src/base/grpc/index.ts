/** A gRPC server by hand on `node:http2`, for hot paths and long streams. */
export type { EndedCall } from './calls.ts';
export { CODES, httpStatusOf } from './codes.ts';
export { DEFAULT_LIMITS, type GrpcLimits } from './limits.ts';
export type {
  ClientStreamMethod,
  GrpcCall,
  GrpcMethod,
  GrpcService,
  UnaryMethod,
} from './method.ts';
export { GRPC_REFUSALS, type GrpcRefusal } from './refusals.ts';
export { createGrpcServer, type GrpcServer, type GrpcServerOptions } from './server.ts';
