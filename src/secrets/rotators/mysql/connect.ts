import { connect as connectSocket, type Socket } from 'node:net';
import type { Connection } from 'mariadb';
import type { RotatorContext } from '../../rotation/rotator.ts';
import type { Login } from '../accounts/login.ts';
import { tlsOptions, whileAllowed } from '../network.ts';
import type { MysqlRotation } from './config.ts';

/** Without those that send the password as it is, which a false server would ask for. */
const RESTRICTED = ['mysql_native_password', 'client_ed25519', 'caching_sha2_password'];

export type Step = Pick<RotatorContext<MysqlRotation>, 'config' | 'signal' | 'random'>;

/** Logs in, lets `use` work, and ends the connection.
 *  @throws what the driver throws */
export async function withConnection<T>(
  { config, signal }: Step,
  login: Login,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { createConnection } = await import('mariadb');
  const tls = tlsOptions({ ...config, host: login.host });
  let socket: Socket | undefined;
  const options = {
    host: login.host,
    port: login.port,
    user: login.username,
    password: login.password,
    database: login.database,
    ...(tls === false
      ? {}
      : { ssl: { ...tls, rejectUnauthorized: tls.rejectUnauthorized ?? true } }),
    connectTimeout: config.connectSeconds * 1_000,
    socketTimeout: config.requestSeconds * 1_000,
    restrictedAuth: RESTRICTED,
    multipleStatements: false,
    permitLocalInfile: false,
    stream: (done: (error?: Error, stream?: Socket) => void) => {
      socket = connectSocket(login.port, login.host);
      done(undefined, socket);
    },
  };
  return whileAllowed(
    signal,
    () => socket?.destroy(),
    async () => {
      let connection: Connection | undefined;
      try {
        connection = await createConnection(options);
        // a connection that dies while nothing is asked of it fails the next question
        connection.on('error', () => {});
        // MySQL with ANSI_QUOTES would quote names in its answers otherwise
        await connection.query(`set session sql_mode = ''`);
        return await use(connection);
      } finally {
        connection?.destroy();
        socket?.destroy();
      }
    },
  );
}

/** Turns the logs of statements off where the account may do so: what they would hold are hashes. */
export async function quieten(connection: Connection): Promise<void> {
  for (const setting of ['sql_log_off = 1', 'slow_query_log = 0']) {
    await connection.query(`set session ${setting}`).catch(() => {});
  }
}

const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** As servers quote accounts in their answers. */
export const quoteAccount = (user: string, from: string): string =>
  `${quoteName(user)}@${quoteName(from)}`;
