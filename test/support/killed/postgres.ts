import { Client } from 'pg';
import { startPostgres } from '../../../src/estate/store/testing/postgres.ts';
import type { SecretValue } from '../../../src/secrets/model/index.ts';
import type { KilledTarget } from './target.ts';
import { Way } from './way.ts';

/** A PostgreSQL with roles that are rotated. */
export async function killedPostgres() {
  const postgres = await startPostgres();
  const url = new URL(await postgres.createDatabase());
  const database = url.pathname.slice(1);
  const admin = { username: url.username, password: url.password };
  const root = new Client({ connectionString: url.href });
  await root.connect();
  await root.query('create table orders (id int)');
  const way = await Way.to(postgres.port);
  let round = 0;

  async function takes({ username, password }: SecretValue): Promise<boolean> {
    const place = { host: '127.0.0.1', port: postgres.port, database };
    const client = new Client({ ...place, user: username, password });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select from orders');
      return true;
    } catch {
      return false;
    } finally {
      await client.end();
    }
  }
  const targetOf = (holds: 'one' | 'several', users: readonly string[]): KilledTarget => ({
    rotator: 'postgres',
    config: {
      ...{ host: '127.0.0.1', port: way.port, database, connectSeconds: 5 },
      accounts:
        holds === 'one'
          ? { strategy: 'single', user: users[0] }
          : { strategy: 'alternating', users, previous: 'lock' },
    },
    ...{ admin, ways: [way], holds, takes },
    async doors() {
      const sql = 'select rolname from pg_roles where rolcanlogin and rolname <> $1 order by 1';
      const { rows } = await root.query(sql, [admin.username]);
      return rows.map(({ rolname }) => rolname);
    },
  });

  return {
    ...{ postgres, root, way },
    /** Roles of a new secret; those of others are gone. */
    async target(holds: 'one' | 'several'): Promise<KilledTarget> {
      const { rows } = await root.query(
        `select rolname from pg_roles where rolname like 'orders%'`,
      );
      for (const { rolname } of rows)
        await root.query(`drop owned by ${rolname}; drop role ${rolname}`);
      const users = [`orders_a_${++round}`, `orders_b_${round}`];
      await root.query(`create role ${users[0]} login; grant select on orders to ${users[0]}`);
      return targetOf(holds, users);
    },
    async close(): Promise<void> {
      await root.end();
      await way.close();
      await postgres.close();
    },
  };
}
