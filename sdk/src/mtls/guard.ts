import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Session } from 'node:http2';
import type { Server, TLSSocket } from 'node:tls';
import { type Caller, findCaller, rememberCaller } from '../caller.ts';
import type { ReeveError } from '../error.ts';
import { type IdentitySource, usableIdentity } from '../source/index.ts';
import { type Accept, type AcceptRule, acceptRule } from './accept.ts';
import { Connections } from './connections.ts';
import { type TlsVersion, tlsCredentials } from './credentials.ts';
import { chainOf, provePeer, toCaller, toFlaw } from './peer.ts';
import { ServerConnection } from './server-connection.ts';

/** What every server of this package is told. */
export interface MtlsServerOptions {
  /** The identity of this workload, and what it trusts. */
  readonly source: IdentitySource;
  /** Who may call; every workload of one's own trust domain if undefined. */
  readonly accept?: Accept;
  /** Whether callers without a certificate are heard, as nobody: probes, and callers who sign in with a JWT-SVID.
   *  Handlers must then refuse whom they do not know, as the middleware does. A certificate that is shown is judged
   *  all the same. False if undefined. */
  readonly hearsUnproved?: boolean;
  /** TLS 1.2 if undefined, which Envoy speaks to its upstreams unless told otherwise. */
  readonly minVersion?: TlsVersion;
  /** Hears of each peer that was refused, and why; the server emits `tlsClientError`, too. */
  readonly onRefused?: (error: ReeveError, socket: TLSSocket) => void;
  /** Milliseconds since 1970; for tests. */
  readonly clock?: () => number;
}

type Emit = (event: string, ...words: unknown[]) => boolean;

/** Lets nobody speak to a server of TLS who is not proved and accepted, gives the server each new SVID,
 *  and retires connections. What the server tells its listeners passes through here: a peer that is
 *  refused is never heard of by them, whenever they were added. */
export function guardServer(server: Server, options: MtlsServerOptions): void {
  const guard = new ServerGuard(server, options);
  const emit: Emit = server.emit.bind(server);
  server.emit = ((event, ...words) => guard.pass(emit, event, words)) as Emit;
}

/** What TLS is told by a server of this package: everybody is asked for certificates, and judged here. */
export const SERVER_TLS = { requestCert: true, rejectUnauthorized: false, ca: [] };

/** How long a handshake may take, unless a server is told otherwise. */
export const HANDSHAKE_MS = 10_000;

class ServerGuard {
  readonly #server: Server;
  readonly #options: MtlsServerOptions;
  readonly #accepts: AcceptRule;
  readonly #clock: () => number;
  readonly #connections: Connections;
  readonly #bySocket = new WeakMap<object, ServerConnection>();
  #shown: object | undefined;
  /** Of the connection whose beginning is being told: HTTP/2 makes its session from it. */
  #beginning: { readonly connection: ServerConnection; readonly caller: Caller } | undefined;

  constructor(server: Server, options: MtlsServerOptions) {
    const { source, accept, clock = Date.now } = options;
    this.#server = server;
    this.#options = options;
    this.#clock = clock;
    this.#accepts = accept === undefined ? this.#isOfOwnTrustDomain : acceptRule(accept);
    this.#connections = new Connections({ source, clock, endsWithSvid: false });
    this.#follow();
  }

  pass(emit: Emit, event: string, words: readonly unknown[]): boolean {
    switch (event) {
      case 'secureConnection':
        return this.#admit(emit, words[0] as TLSSocket);
      case 'session':
        this.#beginSession(words[0] as ServerHttp2Session);
        break;
      case 'stream':
        this.#beginStream(words[0] as { readonly session?: object });
        break;
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
        if (!this.#begin(words[0] as IncomingMessage, words[1] as ServerResponse)) return true;
        break;
      case 'upgrade':
      case 'connect':
        if (!this.#upgrade(words[0] as IncomingMessage)) return true;
        break;
      case 'listening':
        this.#follow();
        break;
      case 'close':
        this.#options.source.off('updated', this.#show);
        this.#connections.close();
        break;
    }
    return emit(event, ...words);
  }

  readonly #isOfOwnTrustDomain: AcceptRule = ({ trustDomain }) =>
    trustDomain === this.#options.source.identity?.svid.trustDomain;

  /** Hears of new SVIDs, also when it listens again after it was closed. */
  #follow(): void {
    const { source } = this.#options;
    source.off('updated', this.#show);
    source.on('updated', this.#show);
    this.#show();
  }

  #upgrade(request: IncomingMessage): boolean {
    return this.#bySocket.get(request.socket)?.upgrade() ?? true;
  }

  /** Connections that come from now on are shown the SVID of now; others go on. */
  readonly #show = (): void => {
    const svid = this.#options.source.identity?.svid;
    if (svid === undefined || svid === this.#shown) return;
    this.#server.setSecureContext(tlsCredentials(svid, this.#options.minVersion ?? 'TLSv1.2'));
    this.#shown = svid;
  };

  #admit(emit: Emit, socket: TLSSocket): boolean {
    let connection: ServerConnection | undefined;
    try {
      connection = this.#prove(socket);
    } catch (thrown) {
      return this.#refuse(emit, socket, thrown);
    }
    if (!connection) return emit('secureConnection', socket);
    const caller = toCaller(connection.peer);
    rememberCaller(socket, caller);
    this.#bySocket.set(socket, connection);
    this.#connections.add(connection);
    socket.once('close', () => this.#connections.delete(connection));
    this.#beginning = { connection, caller };
    try {
      return emit('secureConnection', socket);
    } finally {
      this.#beginning = undefined;
    }
  }

  /** Undefined for a caller who proves nothing, where such are heard. */
  #prove(socket: TLSSocket): ServerConnection | undefined {
    const { source, hearsUnproved = false } = this.#options;
    // Certificates could change in a handshake that follows on the same connection.
    if (socket.getProtocol() !== 'TLSv1.3') socket.disableRenegotiation();
    const chain = chainOf(socket);
    if (hearsUnproved && chain.length === 0) return undefined;
    const now = this.#clock();
    const identity = usableIdentity(source, now);
    const { svid } = identity;
    const peer = provePeer(socket, chain, identity, this.#accepts, now);
    return new ServerConnection(socket, { chain, accepts: this.#accepts, svid, peer });
  }

  #refuse(emit: Emit, socket: TLSSocket, thrown: unknown): boolean {
    socket.destroy();
    const error = toFlaw(thrown);
    this.#options.onRefused?.(error, socket);
    return emit('tlsClientError', error, socket);
  }

  #begin(request: IncomingMessage, response: ServerResponse): boolean {
    // HTTP/2 counts its streams by itself.
    if (request.httpVersionMajor !== 1) return true;
    return this.#bySocket.get(request.socket)?.begin(response) ?? true;
  }

  #beginSession(session: ServerHttp2Session): void {
    if (!this.#beginning) return;
    this.#beginning.connection.session = session;
    rememberCaller(session, this.#beginning.caller);
  }

  /** A stream may outlive its session for those who still hold it. */
  #beginStream(stream: { readonly session?: object }): void {
    const caller = stream.session && findCaller(stream.session);
    if (caller) rememberCaller(stream, caller);
  }
}
