import type { RotatorContext } from '../../rotation/rotator.ts';
import { tlsOptions, whileAllowed } from '../network.ts';
import type { Node, RedisRotation } from './config.ts';

/** What a connection needs to know of a step. */
export type Step = Pick<RotatorContext<RedisRotation>, 'config' | 'signal'>;

export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** Sends a command to one server, and gives its answer. */
export type Ask = (...words: readonly string[]) => Promise<unknown>;

/** Logs in, lets `use` work, and ends the connection. Redis keeps what logs in out of its slow log and of MONITOR.
 *  @throws what the driver throws */
export async function withNode<T>(
  { config, signal }: Step,
  { host, port }: Node,
  { username, password }: Credential,
  use: (ask: Ask) => Promise<T>,
): Promise<T> {
  const { createClient } = await import('@redis/client');
  const tls = tlsOptions({ ...config, host });
  const common = {
    host,
    port,
    connectTimeout: config.connectSeconds * 1_000,
    socketTimeout: config.requestSeconds * 1_000,
    reconnectStrategy: false,
  } as const;
  const client = createClient({
    socket: tls === false ? common : { ...common, ...tls, tls: true },
    username,
    password,
    RESP: 2,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
  });
  // a connection that dies while nothing is asked of it fails the next question
  client.on('error', () => {});
  const { promise: cut, reject } = Promise.withResolvers<never>();
  cut.catch(() => {});
  // the driver does not always end a connection that is being made
  const end = () => reject(new Error('cut off'));
  try {
    return await whileAllowed(signal, end, () => Promise.race([work(), cut]));
  } finally {
    client.destroy();
  }

  async function work(): Promise<T> {
    await client.connect();
    return use((...words) => client.sendCommand(words));
  }
}
