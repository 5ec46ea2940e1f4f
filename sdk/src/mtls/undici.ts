import type { TLSSocket } from 'node:tls';
import { ReeveError } from '../error.ts';
import { Dialer, type MtlsClientOptions } from './dialer.ts';

/** What undici says of a connection that it wants. */
export interface ConnectWish {
  readonly hostname: string;
  readonly protocol: string;
  readonly port: string;
  readonly servername?: string;
  readonly localAddress?: string | null;
}

export type ConnectDone = (...words: [null, TLSSocket] | [Error, null]) => void;

/** What undici's `Agent`, `Pool` and `Client` take as `connect`. */
export type MtlsConnector = (wish: ConnectWish, done: ConnectDone) => void;

export interface MtlsConnectorOptions extends MtlsClientOptions {
  /** Whether HTTP/2 is offered to the server; not if undefined. */
  readonly allowH2?: boolean;
  /** Hears of each connection that must no longer be used. If undefined, one whose proof has ended is
   *  destroyed once nothing has moved on it for five seconds: from here nobody can see whether undici
   *  waits for an answer. `createMtlsDispatcher` can. */
  readonly onRetire?: (socket: TLSSocket, why: ReeveError) => void;
}

const HTTPS_PORT = 443;
const QUIET_MS = 5_000;

/** A connector for undici: what it connects to must prove that it is who `accept` or `idOf` says.
 *
 *  `new Agent({ connect: createMtlsConnector({ source, accept }) })`
 *  @throws {ReeveError} `mtls/no-expected-id`, `identity/id-malformed`, `mtls/accept-…` */
export function createMtlsConnector(options: MtlsConnectorOptions): MtlsConnector {
  const { allowH2 = false, onRetire = destroyWhenQuiet } = options;
  const dialer = new Dialer(options);
  return ({ hostname, protocol, port, servername, localAddress }, done) => {
    if (protocol !== 'https:') {
      const why = `nobody can be proved over ${protocol}`;
      return done(new ReeveError('mtls/not-https', why, { hint: 'use https:' }), null);
    }
    let socket: TLSSocket;
    try {
      const target = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || HTTPS_PORT) };
      const more = {
        ALPNProtocols: allowH2 ? ['h2', 'http/1.1'] : ['http/1.1'],
        ...(servername && { servername }),
        ...(localAddress && { localAddress }),
      };
      socket = dialer.dial(target, more, onRetire);
    } catch (thrown) {
      return done(thrown as Error, null);
    }
    const fail = (error: Error) => done(error, null);
    socket.setNoDelay(true);
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      // Refused: the error is on its way.
      if (socket.destroyed) return;
      socket.off('error', fail);
      done(null, socket);
    });
  };
}

function destroyWhenQuiet(socket: TLSSocket, why: ReeveError): void {
  if (why.code === 'svid/renewed') return;
  let moved = -1;
  const looking = setInterval(() => {
    const bytes = socket.bytesRead + socket.bytesWritten;
    if (bytes === moved) socket.destroy(why);
    moved = bytes;
  }, QUIET_MS).unref();
  socket.once('close', () => clearInterval(looking));
}

/** What is needed of a dispatcher of undici. */
export interface UndiciDispatcher {
  dispatch(options: never, handler: never): boolean;
  close(): Promise<void>;
  destroy(error?: Error | null): Promise<void>;
}

/** What is needed of undici. */
export interface Undici<Base extends UndiciDispatcher> {
  /** Releases of undici differ in what their agents take. */
  readonly Agent: new (
    options: never,
  ) => Base;
  readonly Dispatcher: new () => object;
}

/** A dispatcher of undici, for `fetch` and `request`: connections end with the SVID that they were
 *  opened with, idle ones at once and busy ones after their response. `undici` is undici itself; its
 *  `Agent` is given `agentOptions`, too.
 *
 *  `setGlobalDispatcher(createMtlsDispatcher(undici, { source, idOf }))`
 *  @throws {ReeveError} `mtls/no-expected-id`, `identity/id-malformed`, `mtls/accept-…` */
export function createMtlsDispatcher<Base extends UndiciDispatcher>(
  undici: Undici<Base>,
  options: Omit<MtlsConnectorOptions, 'onRetire'>,
  agentOptions: object = {},
): Base {
  let current: Base;
  let isRenewing = false;
  let isClosed = false;
  /** The one of now, and those that have yet to end. */
  const agents = new Set<Base>();
  /** Agents that are being closed can no longer be destroyed. */
  const retired = new Set<TLSSocket>();
  // Whatever is under way runs to its end on the old agent; what comes goes over connections of a new one.
  const renew = () => {
    isRenewing = false;
    if (isClosed) return;
    const old = current;
    current = newAgent();
    const forget = () => agents.delete(old);
    old.close().then(forget, forget);
  };
  const onRetire = (socket: TLSSocket) => {
    retired.add(socket);
    socket.once('close', () => retired.delete(socket));
    if (!isRenewing) queueMicrotask(renew);
    isRenewing = true;
  };
  const connect = createMtlsConnector({ ...options, onRetire });
  const newAgent = (): Base => {
    const agent = new undici.Agent({ ...agentOptions, connect } as never);
    agents.add(agent);
    return agent;
  };
  current = newAgent();
  class MtlsDispatcher extends undici.Dispatcher {
    dispatch(wish: never, handler: never): boolean {
      return current.dispatch(wish, handler);
    }
    async close(): Promise<void> {
      isClosed = true;
      await Promise.all([...agents].map((agent) => agent.close()));
    }
    async destroy(error?: Error | null): Promise<void> {
      isClosed = true;
      for (const socket of retired) socket.destroy(error ?? undefined);
      await current.destroy(error);
    }
  }
  return new MtlsDispatcher() as unknown as Base;
}
