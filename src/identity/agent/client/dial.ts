import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Fault, messageOf } from '../../../base/fault.ts';
import { GrpcClient } from '../../../base/grpc/index.ts';
import { toPem } from '../../x509/index.ts';
import { serverNameOf } from '../names.ts';
import { chainOf } from '../tls.ts';
import type { OwnKey } from './identity.ts';

/** Where the server listens to agents. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export interface DialOptions {
  /** What the agent shows of itself; absent before it has joined. */
  readonly own?: OwnKey;
  /** Judges what the server has shown, before anything is said to it.
   *  @throws {Fault} where it is not the server */
  readonly judge: (chain: readonly Buffer[]) => void;
  readonly signal: AbortSignal;
  /** Asks for a certificate of this authority, by its id. */
  readonly authority?: string;
}

/** A connection to the server. */
export interface Connection {
  readonly client: GrpcClient;
  /** What the server has shown, in DER, the leaf first. */
  readonly chain: readonly Buffer[];
  /** Aborted when the connection is gone. */
  readonly gone: AbortSignal;
  close(): void;
}

const TIMEOUT_MS = 10_000;
/** A server that does not answer for so long is gone. */
const PING_MS = 10_000;
/** A list of 400,000 revoked certificates is the largest thing that is told. */
const MAX_MESSAGE_BYTES = 20 * 1_024 * 1_024;
const WINDOW_BYTES = 1_024 * 1_024;

/** Connects in TLS 1.3. Nothing is believed because TLS is content: the server's certificates are judged here, and
 *  no old session is taken up.
 *  @throws {Fault} `peer/unavailable` where nobody answers; what `judge` throws */
export async function dial(
  { host, port }: ServerAddress,
  { own, judge, signal, authority }: DialOptions,
): Promise<Connection> {
  const socket = connectTls({
    host,
    port,
    ...(own && {
      cert: toPem('CERTIFICATE', ...own.chain),
      key: own.privateKey.export({ format: 'pem', type: 'pkcs8' }),
    }),
    ...(authority !== undefined && { servername: serverNameOf(authority) }),
    minVersion: 'TLSv1.3',
    ALPNProtocols: ['h2'],
    rejectUnauthorized: false,
  });
  socket.on('error', () => {}); // `once` tells of it, and later the end of the session does
  try {
    const timely = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    await once(socket, 'secureConnect', { signal: timely });
    const chain = chainOf(socket);
    judge(chain);
    return begin(socket, chain, `https://${host.includes(':') ? `[${host}]` : host}:${port}`);
  } catch (thrown) {
    socket.destroy();
    if (thrown instanceof Fault) throw thrown;
    signal.throwIfAborted();
    const isLate = thrown instanceof Error && thrown.name === 'AbortError';
    const why = isLate ? `no answer within ${TIMEOUT_MS / 1_000} seconds` : messageOf(thrown);
    throw new Fault('peer/unavailable', `${host}:${port} cannot be reached: ${why}`, {
      cause: thrown,
    });
  }
}

function begin(socket: TLSSocket, chain: readonly Buffer[], origin: string): Connection {
  const session = connectHttp2(origin, {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: WINDOW_BYTES },
    maxSessionMemory: 64,
  });
  const controller = new AbortController();
  const gone = (): void =>
    controller.abort(new Fault('peer/unavailable', 'The connection is gone'));
  session.on('error', gone);
  session.once('close', gone);
  keepAlive(session);
  return {
    client: new GrpcClient(session, { maxMessageBytes: MAX_MESSAGE_BYTES }),
    chain,
    gone: controller.signal,
    close: () => session.destroy(),
  };
}

/** Finds out that nobody is at the other end any more. */
function keepAlive(session: ClientHttp2Session): void {
  let answered = true;
  const timer = setInterval(() => {
    if (!answered) {
      session.destroy();
      return;
    }
    answered = false;
    if (!session.destroyed && !session.closed) {
      session.ping(() => {
        answered = true;
      });
    }
  }, PING_MS).unref();
  session.once('close', () => clearInterval(timer));
}
