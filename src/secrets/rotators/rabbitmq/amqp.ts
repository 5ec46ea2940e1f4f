import type { ChannelModel } from 'amqplib';
import { pick } from '../../../base/pick.ts';
import type { Login } from '../accounts/login.ts';
import { tlsOptions, whileAllowed } from '../network.ts';
import type { Step } from './management.ts';

/** What came of a login: `elsewhere`, the password was taken, and the virtual host does not let its user in. */
export type Door = 'open' | 'refused' | 'elsewhere';

/** Logs in to a virtual host as a consumer does, and out again.
 *  @throws what the driver throws
 *  @see AMQP 0-9-1, connection class */
export async function knock(
  { config, signal }: Step,
  { username, password, host, port }: Login,
  vhost: string,
): Promise<Door> {
  const { connect } = await import('amqplib');
  const tls = tlsOptions({ ...config, host });
  const options = {
    ...(tls === false ? {} : tls),
    timeout: config.connectSeconds * 1_000,
    clientProperties: { connection_name: 'reeve' },
  };
  const protocol = tls === false ? 'amqp' : 'amqps';
  const { promise: cut, reject } = Promise.withResolvers<never>();
  cut.catch(() => {});
  const work = async (): Promise<Door> => {
    const connecting = connect(
      { protocol, hostname: host, port, username, password, vhost },
      options,
    );
    // whoever does not wait any more leaves nothing open
    connecting.then(leave, () => {});
    try {
      await Promise.race([connecting, cut]);
      return 'open';
    } catch (error) {
      const door = readRefusal(error);
      if (door === undefined) throw error;
      return door;
    }
  };
  return whileAllowed(signal, () => reject(new Error('cut off')), work);
}

/** The driver tells what the broker said by its message alone: undefined, it said something else. */
export function readRefusal(error: unknown): Door | undefined {
  const message = String(pick(error, 'message') ?? '');
  if (message.startsWith('Handshake terminated by server: 403 (ACCESS-REFUSED)')) return 'refused';
  if (message.startsWith('Expected ConnectionOpenOk; got <ConnectionClose')) return 'elsewhere';
  return undefined;
}

async function leave(connection: ChannelModel): Promise<void> {
  connection.on('error', () => {});
  const { stream } = connection.connection as unknown as { stream: { destroy(): void } };
  const late = setTimeout(() => stream.destroy(), 1_000);
  await connection.close().catch(() => {});
  clearTimeout(late);
}
