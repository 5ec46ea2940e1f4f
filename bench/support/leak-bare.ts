import { randomBytes } from 'node:crypto';
import { createClient } from '@redis/client';
import { createConnection } from 'mariadb';
import { Client } from 'pg';
import { z } from 'zod';
import { hashPassword } from '../../src/secrets/rotators/rabbitmq/hashes.ts';
import type { LeakTarget } from '../../test/support/leaked/target.ts';

const Place = z.object({
  host: z.string(),
  port: z.number(),
  database: z.string().optional(),
  management: z.object({ port: z.number() }).optional(),
});
type Place = z.infer<typeof Place>;
interface Admin {
  readonly username: string;
  readonly password: string;
}
/** Gives a user a password, over a connection of its own, as a person would by hand; the user may be a new one. */
type Change = (place: Place, admin: Admin, user: string, password: string) => Promise<void>;

const USER = 'bare';
const drawn = () => randomBytes(18).toString('hex');

const CHANGES: Readonly<Record<string, Change>> = {
  async postgres({ host, port, database }, admin, user, password) {
    const client = new Client({ host, port, database, user: admin.username, ...pick(admin) });
    await client.connect();
    try {
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [user]);
      const verb = rowCount === 0 ? 'create' : 'alter';
      await client.query(`${verb} role ${user} login password '${password}'`);
    } finally {
      await client.end();
    }
  },
  async mysql({ host, port, database }, admin, user, password) {
    const place = { host, port, ...(database !== undefined && { database }) };
    const client = await createConnection({ ...place, user: admin.username, ...pick(admin) });
    try {
      await client.query(`create user if not exists ?@'%'`, [user]);
      await client.query(`alter user ?@'%' identified by ?`, [user, password]);
    } finally {
      await client.end();
    }
  },
  async redis({ host, port }, admin, user, password) {
    const client = createClient({ socket: { host, port }, ...admin });
    await client.connect();
    try {
      await client.sendCommand(['ACL', 'SETUSER', user, 'on', 'resetpass', `>${password}`]);
      await client.sendCommand(['ACL', 'SAVE']);
    } finally {
      client.destroy();
    }
  },
  async rabbitmq({ host, management }, { username, password: secret }, user, password) {
    const answer = await fetch(`http://${host}:${management?.port}/api/users/${user}`, {
      method: 'PUT',
      headers: {
        authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ ...hashPassword(password, randomBytes(4), undefined), tags: '' }),
    });
    if (!answer.ok) throw new Error(`RabbitMQ answered ${answer.status}`);
  },
};

const pick = ({ password }: Admin) => ({ password });

/** Milliseconds that the target's own commands take, without Reeve: a password is changed, and the one before is tried,
 *  and refused. Undefined: the target is Reeve itself. */
export async function bareMs({
  rotator,
  config,
  admin,
  takes,
}: LeakTarget): Promise<number | undefined> {
  const change = CHANGES[rotator];
  const { username, password } = admin ?? {};
  if (change === undefined || username === undefined || password === undefined) return undefined;
  const place = Place.parse(config);
  const before = { username: USER, password: drawn() };
  await change(place, { username, password }, USER, before.password);
  const started = performance.now();
  await change(place, { username, password }, USER, drawn());
  if (await takes(before)) throw new Error('what was changed is not refused');
  return performance.now() - started;
}
