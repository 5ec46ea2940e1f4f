/** A gRPC server by hand, for hot paths and long streams. */
export type { EndedCall } from './calls.ts';
export { GrpcClient, type GrpcClientCall, type GrpcClientLimits, isPeerFault } from './client.ts';
export { CODES, httpStatusOf } from './codes.ts';
export { DEFAULT_LIMITS, type GrpcLimits } from './limits.ts';
export {
  type BidiStreamMethod,
  type ClientStreamMethod,
  type DirectMethod,
  type GrpcAnswers,
  type GrpcCall,
  type GrpcMethod,
  type GrpcService,
  type ServerStreamMethod,
  type UnaryMethod,
  untilAborted,
} from './method.ts';
export { perConnection } from './per-connection.ts';
export { type DescribedFile, describeFile, type FileTable } from './reflection/describe.ts';
export { STRUCT_FILE } from './reflection/files.ts';
export { GRPC_REFUSALS, type GrpcRefusal } from './refusals.ts';
export {
  createGrpcServer,
  type GrpcServer,
  type GrpcServerOptions,
  type GrpcTls,
} from './server.ts';
export {
  listenOnUnixSocket,
  MAX_SOCKET_PATH_BYTES,
  type UnixSocketOptions,
} from './unix-socket.ts';
