/** The server's side of HTTP/2, as gRPC needs it. */
export type { Http2Connection, Http2Limits } from './connection.ts';
export { encodeHeaders, type HeaderBlock } from './hpack/index.ts';
export { ERROR, type ErrorCode } from './protocol.ts';
export { ConnectionFault } from './protocol-fault.ts';
export type { RequestHeaders } from './request-headers.ts';
export { createHttp2Server, type Http2ServerPorts } from './server.ts';
export type { Http2Stream } from './stream.ts';
