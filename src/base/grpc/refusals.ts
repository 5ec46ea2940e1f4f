/** What ends a connection, or a request that is no call, before there is a call to answer: a closed table,
 *  for whoever counts. */
export const GRPC_REFUSALS = [
  'too many connections',
  'no handshake',
  'broken connection',
  'control frames without calls',
  'nobody there',
  'not gRPC',
] as const;
export type GrpcRefusal = (typeof GRPC_REFUSALS)[number];
