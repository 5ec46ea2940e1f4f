import { Client } from 'pg';
import { startPostgres } from '../../../src/estate/store/testing/postgres.ts';
import { Way } from '../killed/way.ts';
import type { WeekTarget } from './target.ts';

/** Two roles of a real PostgreSQL that take turns. */
export async function postgresOfWeek(): Promise<WeekTarget & { close(): Promise<void> }> {
  const postgres = await startPostgres();
  const url = new URL(await postgres.createDatabase());
  const database = url.pathname.slice(1);
  const root = new Client({ connectionString: url.href });
  await root.connect();
  await root.query('create table orders (id int)');
  await root.query('create role orders_a login; grant select on orders to orders_a');
  await root.end();
  const way = await Way.to(postgres.port);
  return {
    ...{ name: 'orders-db', rotator: 'postgres', way },
    admin: { username: url.username, password: url.password },
    config: {
      ...{ host: '127.0.0.1', port: way.port, database, connectSeconds: 1 },
      accounts: { strategy: 'alternating', users: ['orders_a', 'orders_b'], previous: 'lock' },
    },
    async logIn({ username, password }) {
      const place = { host: '127.0.0.1', port: postgres.port, database };
      const client = new Client({ ...place, user: username, password });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.query('select from orders');
      } finally {
        await client.end();
      }
    },
    async close() {
      await way.close();
      await postgres.close();
    },
  };
}
