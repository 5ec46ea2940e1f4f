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

/** HTTP/2 hands handlers a stand-in for the socket, which passes properties on: with this one the
 *  socket itself is found behind it. */
const SELF: unique symbol = Symbol('socket');

/** Keeps who was proved to be the caller of a request, or of everything on a socket. For what
 *  authenticates: `createMtlsServer`, and sign-in with JWT-SVIDs. */
export function rememberCaller(bearer: object, caller: Caller): void {
  callers.set(bearer, Object.freeze({ ...caller }));
}

/** Keeps the caller of everything on a socket, also where HTTP/2 hides it. */
export function rememberSocketCaller(socket: object, caller: Caller): void {
  Object.defineProperty(socket, SELF, { value: socket, configurable: true });
  rememberCaller(socket, caller);
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
  const own = callers.get(requestOrSocket);
  if (own) return own;
  const socket = socketOf(requestOrSocket);
  return socket && callers.get(socket);
}

interface Bearer {
  readonly socket?: unknown;
  readonly stream?: unknown;
  readonly session?: unknown;
  readonly [SELF]?: object;
}

function socketOf(bearer: Bearer): object | undefined {
  const stream = asObject(bearer.stream);
  const session = asObject(stream?.session) ?? asObject(bearer.session);
  const socket = asObject(session?.socket) ?? asObject(bearer.socket) ?? bearer;
  return socket[SELF];
}

const asObject = (value: unknown): Bearer | undefined =>
  typeof value === 'object' && value !== null ? value : undefined;
