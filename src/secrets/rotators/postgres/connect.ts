import { Socket } from 'node:net';
import type { Client } from 'pg';
import type { RotatorContext } from '../../rotation/rotator.ts';
import type { Login } from '../accounts/login.ts';
import { tlsOptions, whileAllowed } from '../network.ts';
import type { PostgresServer } from './config.ts';

/** What a connection needs to know of a step. */
export type Step = Pick<RotatorContext<PostgresServer>, 'config' | 'signal' | 'random'>;

/** Logs in, lets `use` work, and ends the connection.
 *  @throws what the driver throws */
export async function withClient<T>(
  { config, signal }: Step,
  login: Login,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const { default: pg } = await import('pg');
  const socket = new Socket();
  const client = new pg.Client({
    host: login.host,
    port: login.port,
    user: login.username,
    password: login.password,
    database: login.database,
    ssl: tlsOptions({ ...config, host: login.host }),
    stream: () => socket,
    connectionTimeoutMillis: config.connectSeconds * 1_000,
    statement_timeout: config.requestSeconds * 1_000,
    lock_timeout: config.requestSeconds * 1_000,
    query_timeout: config.requestSeconds * 1_000 + 1_000,
    idle_in_transaction_session_timeout: 60_000,
    application_name: 'reeve',
    // names in answers are written with their schemas, and none is looked for elsewhere
    options: '-c search_path=pg_catalog -c standard_conforming_strings=on -c TimeZone=UTC',
  });
  // a connection that dies while nothing is asked of it fails the next question
  client.on('error', () => {});
  const cut = () => socket.destroy();
  try {
    return await whileAllowed(signal, cut, async () => {
      await client.connect();
      return use(client);
    });
  } finally {
    await end(client, socket);
  }
}

/** A server that does not answer does not hold the step up. */
async function end(client: Client, socket: Socket): Promise<void> {
  const late = setTimeout(() => socket.destroy(), 1_000);
  await client.end().catch(() => {});
  clearTimeout(late);
  socket.destroy();
}

export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** For `standard_conforming_strings`, which connections here turn on. */
export const quoteLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;
