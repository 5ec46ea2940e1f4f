import type { ClientRequest } from 'node:http';
import { Agent, type AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { ReeveError } from '../error.ts';
import { Dialer, type MtlsClientOptions } from './dialer.ts';

export interface MtlsAgentOptions extends MtlsClientOptions {
  /** What `https.Agent` takes besides: how many sockets, for how long. */
  readonly agent?: Omit<AgentOptions, 'maxCachedSessions'>;
}

interface ConnectionWish {
  readonly host?: string | null | undefined;
  readonly hostname?: string | null | undefined;
  readonly port?: number | string | null | undefined;
  readonly servername?: string | undefined;
  readonly socketPath?: string | undefined;
}

type Created = (error: Error | null, socket: Duplex) => void;

const HTTPS_PORT = 443;
/** What requests and agents say of sockets, and TLS has no say in. */
const OF_SOCKET = new Set([
  'autoSelectFamily',
  'autoSelectFamilyAttemptTimeout',
  'family',
  'hints',
  'keepAlive',
  'keepAliveInitialDelay',
  'localAddress',
  'localPort',
  'lookup',
  'noDelay',
]);

/** An agent for `node:https` whose connections prove who is at both ends. It keeps connections alive;
 *  they end with the SVID that they were opened with, idle ones at once and busy ones after their
 *  response. */
export class MtlsAgent extends Agent {
  readonly #dialer: Dialer;
  readonly #idle = new WeakSet<object>();
  readonly #retired = new WeakSet<object>();
  readonly #detached = new WeakSet<object>();

  constructor({ agent, ...options }: MtlsAgentOptions) {
    super({ keepAlive: true, ...agent, maxCachedSessions: 0 });
    this.#dialer = new Dialer(options);
    // Ahead of what hands the socket to the next request.
    this.prependListener('free', (socket: Duplex) => {
      if (this.#retired.has(socket)) socket.destroy();
    });
  }

  override createConnection(wish: ConnectionWish, onCreated?: Created): Duplex | undefined {
    const { host, hostname, port, servername } = wish;
    const target = { host: host || hostname || 'localhost', port: Number(port ?? HTTPS_PORT) };
    const given = Object.entries(wish).filter(
      ([name, value]) => OF_SOCKET.has(name) && value !== undefined,
    );
    const options = {
      ALPNProtocols: ['http/1.1'],
      ...Object.fromEntries(given),
      ...(servername !== undefined && servername !== '' && { servername }),
    };
    try {
      if (wish.socketPath) throw notBySocket();
      const socket = this.#dialer.dial(target, options, (retired) => this.#retire(retired));
      socket.once('agentRemove', () => this.#detached.add(socket));
      return socket;
    } catch (thrown) {
      if (!onCreated) throw thrown;
      // The request fails with it, as with any other that cannot be connected.
      onCreated(thrown as Error, undefined as never);
      return undefined;
    }
  }

  override keepSocketAlive(socket: Duplex): boolean {
    const isKept: unknown = super.keepSocketAlive(socket);
    if (isKept !== false) this.#idle.add(socket);
    return isKept !== false;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    this.#idle.delete(socket);
    super.reuseSocket(socket, request);
  }

  override destroy(): void {
    this.#dialer.close();
    super.destroy();
  }

  #retire(socket: TLSSocket): void {
    this.#retired.add(socket);
    if (this.#idle.has(socket)) socket.destroy();
    else if (this.#detached.has(socket)) socket.destroySoon();
  }
}

const notBySocket = () =>
  new ReeveError('mtls/socket-path', 'an agent of mutual TLS does not connect to Unix sockets', {
    hint: 'leave out `socketPath`, and name a host and a port',
  });

/** An agent for `https.request` and `https.get`: what it connects to must prove that it is who `accept`
 *  or `idOf` says. Destroy it when it is no longer needed.
 *  @throws {ReeveError} `mtls/no-expected-id`, `identity/id-malformed`, `mtls/accept-…` */
export function createMtlsAgent(options: MtlsAgentOptions): MtlsAgent {
  return new MtlsAgent(options);
}
