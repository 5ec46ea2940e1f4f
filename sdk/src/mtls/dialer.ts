import { isIP } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { rememberPeer } from '../caller.ts';
import { quote, ReeveError } from '../error.ts';
import { type IdentitySource, usableIdentity, type X509Svid } from '../source/index.ts';
import { type Accept, type AcceptRule, acceptRule } from './accept.ts';
import { type Connection, Connections } from './connections.ts';
import { clientContext, type TlsVersion } from './credentials.ts';
import { chainOf, provePeer, toCaller, toFlaw } from './peer.ts';

/** What every client of this package is told. One of `accept` and `idOf` says who must be at the other
 *  end: the name of the host says nothing. */
export interface MtlsClientOptions {
  /** The identity of this workload, and what it trusts. */
  readonly source: IdentitySource;
  /** Who may answer, whatever the address. */
  readonly accept?: Accept;
  /** Who may answer at an address, `https://orders:8443/`; undefined refuses to connect to it. */
  readonly idOf?: (url: URL) => string | readonly string[] | undefined;
  /** TLS 1.2 if undefined. */
  readonly minVersion?: TlsVersion;
  /** For a connection to stand and the peer to be proved; 10 seconds if undefined. */
  readonly handshakeMs?: number;
  /** Milliseconds since 1970; for tests. */
  readonly clock?: () => number;
}

/** Where a connection leads. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_HANDSHAKE_MS = 10_000;
const HINT = 'say who must answer: `accept: "spiffe://…"`, or `idOf: (url) => …`';

/** Opens connections over which nothing is sent before the peer is proved to be who it must be. */
export class Dialer {
  readonly #options: MtlsClientOptions;
  readonly #accepts: AcceptRule | undefined;
  readonly #clock: () => number;
  readonly #connections: Connections;

  /** @throws {ReeveError} `mtls/no-expected-id`, `identity/id-malformed`, `mtls/accept-…` */
  constructor(options: MtlsClientOptions) {
    const { source, accept, idOf, clock = Date.now } = options;
    if ((accept === undefined) === (idOf === undefined)) {
      const why = accept === undefined ? 'neither is there' : 'both are there';
      const message = `one of \`accept\` and \`idOf\` must say who may answer, and ${why}`;
      throw new ReeveError('mtls/no-expected-id', message, { hint: HINT });
    }
    this.#options = options;
    this.#clock = clock;
    this.#accepts = accept === undefined ? undefined : acceptRule(accept);
    this.#connections = new Connections({ source, clock, endsWithSvid: true });
  }

  /** Begins to connect. What is written before the handshake is done waits, and is lost when the peer is
   *  refused: the socket is destroyed with the reason. `onRetire` hears when the connection must no
   *  longer be used.
   *  @throws {ReeveError} `svid/…`, `mtls/no-expected-id`, `mtls/judgement-failed`, `identity/id-malformed`,
   *  `mtls/accept-…` */
  dial(
    { host, port }: Target,
    options: ConnectionOptions,
    onRetire: (socket: TLSSocket, why: ReeveError) => void,
  ): TLSSocket {
    const { source, minVersion = 'TLSv1.2', handshakeMs = DEFAULT_HANDSHAKE_MS } = this.#options;
    const { svid } = usableIdentity(source, this.#clock());
    const accepts = this.#accepts ?? this.#expected(host, port);
    const socket = connect({
      ...options,
      host,
      port,
      servername: isIP(host) === 0 ? (options.servername ?? host) : '',
      secureContext: clientContext(svid, minVersion),
      // Node would judge by what SPIFFE does not go by; nothing is sent before it is judged below.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    const late = setTimeout(() => socket.destroy(tooLate(handshakeMs)), handshakeMs);
    socket.once('close', () => clearTimeout(late));
    socket.once('secureConnect', () => {
      clearTimeout(late);
      this.#judge(socket, { svid, accepts, onRetire });
    });
    return socket;
  }

  /** Judges no more connections; those that are open go on. */
  close(): void {
    this.#connections.close();
  }

  #expected(host: string, port: number): AcceptRule {
    const url = new URL(`https://${isIP(host) === 6 ? `[${host}]` : host}:${port}/`);
    const expected = this.#idOf(url);
    if (expected !== undefined) return acceptRule(expected);
    const why = `nobody says which SPIFFE ID must answer at ${quote(url.origin)}`;
    throw new ReeveError('mtls/no-expected-id', why, { hint: 'have `idOf` name it' });
  }

  #idOf(url: URL): string | readonly string[] | undefined {
    try {
      return this.#options.idOf?.(url);
    } catch (thrown) {
      throw toFlaw(thrown);
    }
  }

  #judge(
    socket: TLSSocket,
    {
      svid,
      accepts,
      onRetire,
    }: {
      readonly svid: X509Svid;
      readonly accepts: AcceptRule;
      readonly onRetire: (socket: TLSSocket, why: ReeveError) => void;
    },
  ): void {
    try {
      const now = this.#clock();
      const identity = usableIdentity(this.#options.source, now);
      if (socket.getProtocol() !== 'TLSv1.3') socket.disableRenegotiation();
      const chain = chainOf(socket);
      const peer = provePeer(socket, chain, identity, accepts, now);
      rememberPeer(socket, toCaller(peer));
      const retire = (why: ReeveError) => onRetire(socket, why);
      const connection: Connection = { chain, accepts, svid, peer, retire };
      this.#connections.add(connection);
      socket.once('close', () => this.#connections.delete(connection));
    } catch (thrown) {
      socket.destroy(toFlaw(thrown));
    }
  }
}

const tooLate = (handshakeMs: number) =>
  new ReeveError('mtls/handshake-late', `the handshake took longer than ${handshakeMs} ms`, {
    hint: 'see whether the peer speaks TLS there',
  });
