import { ReeveError } from './error.ts';

/** Who is calling, proved. There is none without proof: a header, an address or a name never makes one. */
export interface Caller {
  /** `spiffe://example.org/ns/shop/sa/orders`. */
  readonly spiffeId: string;
  /** `example.org`. */
  readonly trustDomain: string;
  /** `/ns/shop/sa/orders`. */
  readonly path: string;
  /** By the certificate of the connection, or by a JWT-SVID of the request. */
  readonly proof: 'mtls' | 'jwt';
  /** When the proof ends. */
  readonly expiresAt: Date;
}

const callers = new WeakMap<object, Caller>();
const peers = new WeakMap<object, Caller>();

/** Keeps who was proved to be the caller of a request, or of everything on a socket, an HTTP/2 session
 *  or stream. For what authenticates: `createMtlsServer`, and sign-in with JWT-SVIDs. */
export function rememberCaller(bearer: object, caller: Caller): void {
  callers.set(bearer, Object.freeze({ ...caller }));
}

/** Who is calling: of a request of `node:http` or `node:http2` (what was proved for the request itself
 *  comes before what its connection proved), of an HTTP/2 stream or session, or of a socket.
 *  @throws {ReeveError} `caller/unauthenticated` where nothing was proved */
export function callerOf(requestOrSocket: object): Caller {
  const caller = findCaller(requestOrSocket);
  if (caller) return caller;
  throw new ReeveError('caller/unauthenticated', 'nobody has proved to be the caller of this', {
    hint: 'serve it with createMtlsServer, or let the caller sign in with a JWT-SVID',
  });
}

/** As `callerOf`, and undefined where nothing was proved. */
export function findCaller(requestOrSocket: object): Caller | undefined {
  const { stream, socket } = requestOrSocket as { stream?: unknown; socket?: unknown };
  return (
    callers.get(requestOrSocket) ?? callers.get(asObject(stream)) ?? callers.get(asObject(socket))
  );
}

const NOTHING = {};
const asObject = (value: unknown): object =>
  typeof value === 'object' && value !== null ? value : NOTHING;

/** Keeps who was proved to answer on a socket of a client. */
export function rememberPeer(socket: object, peer: Caller): void {
  peers.set(socket, Object.freeze({ ...peer }));
}

/** Who answers: of a response of `node:http`, or of a socket, that a client of this package opened;
 *  undefined where nothing was proved. */
export function answererOf(responseOrSocket: object): Caller | undefined {
  const { socket } = responseOrSocket as { socket?: unknown };
  return peers.get(responseOrSocket) ?? peers.get(asObject(socket));
}
