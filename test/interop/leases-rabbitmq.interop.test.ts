import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/secrets/dynamic/engine.ts';
import {
  rabbitmqEngine as engine,
  RabbitmqGrants,
  RabbitmqTarget,
} from '../../src/secrets/dynamic/engines/rabbitmq.ts';
import { BY, ROLE, SERVICE, World } from '../../src/secrets/dynamic/testing/world.ts';
import type { SecretValue } from '../../src/secrets/model/index.ts';
import { cutAfter } from '../../src/secrets/rotators/testing/cut.ts';
import { failureOf } from '../../src/secrets/rotators/testing/step.ts';
import { debianRabbitmq, Rabbitmq } from './support/rabbitmq.ts';
import { isMissing } from './support/tools.ts';

const MINUTE = 60_000;
const PREFIX = 'reeve_';
const peer = debianRabbitmq();

describe.skipIf(isMissing('RabbitMQ', peer))('short-lived users of RabbitMQ', () => {
  let rabbitmq: Rabbitmq;
  let round = 0;
  let username = '';
  /** Passwords that no log may hold. */
  const passwords = new Set<string>();

  beforeAll(async () => {
    rabbitmq = await Rabbitmq.start();
    await rabbitmq.call('PUT', `/vhosts/${encodeURIComponent('shop/1')}`);
  });
  afterAll(() => rabbitmq?.close());
  beforeEach(() => {
    username = `${PREFIX}orders_${++round}`;
  });

  const settings = (managementPort = rabbitmq.managementPort) => ({
    ...{ host: '127.0.0.1', port: rabbitmq.port, connectSeconds: 5 },
    management: { port: managementPort },
  });
  const contextOf = (managementPort?: number) => ({
    config: RabbitmqTarget.parse(settings(managementPort)),
    admin: { ...rabbitmq.admin },
    signal: new AbortController().signal,
    random: randomBytes,
  });
  const GRANTS = { permissions: [{ vhost: 'shop/1', configure: '^orders', read: '.*' }] };

  async function made(context = contextOf(), grants: object = GRANTS): Promise<SecretValue> {
    const user = { username, grants: RabbitmqGrants.parse(grants), until: Date.now() };
    const value = await engine.make(context, user);
    passwords.add(value.password ?? '');
    return value;
  }
  const sessionOf = (value: SecretValue, vhost = value.vhost) =>
    rabbitmq.connect(value.username, value.password, vhost);
  async function works(value: SecretValue, vhost?: string): Promise<boolean> {
    try {
      await (await sessionOf(value, vhost)).close();
      return true;
    } catch {
      return false;
    }
  }
  async function users(): Promise<string[]> {
    const all = (await rabbitmq.call('GET', '/users')) as { name: string }[];
    return all.map(({ name }) => name).filter((name) => name.startsWith(PREFIX));
  }

  it('may do what their role says, and go with the sessions they have', async () => {
    const value = await made();
    expect([await works(value), await works(value, '/')]).toEqual([true, false]);
    const session = await sessionOf(value);
    session.on('error', () => {});
    const ended = new Promise((resolve) => session.once('close', resolve));
    const channel = await session.createChannel();
    channel.on('error', () => {});
    await channel.assertQueue('orders-new');
    const refused = await session.createChannel();
    refused.on('error', () => {});
    await expect(refused.assertQueue('others')).rejects.toThrow(/ACCESS_REFUSED|403/);
    expect(await engine.isGone(contextOf(), username)).toBe(false);
    expect(await engine.usernames(contextOf(), PREFIX, 10)).toEqual([username]);
    await engine.remove(contextOf(), username);
    await engine.remove(contextOf(), username);
    await ended;
    expect([await works(value), await engine.isGone(contextOf(), username)]).toEqual([false, true]);
  });

  it('are not made for a virtual host that is not there', async () => {
    const failure = await failureOf(made(contextOf(), { permissions: [{ vhost: 'none' }] }));
    expect(failure).toBe('changed: There is no virtual host none');
    await engine.remove(contextOf(), username);
  });

  it('are no administrators', () => {
    const grants = { ...GRANTS, tags: ['administrator'] };
    expect(RabbitmqGrants.safeParse(grants).success).toBe(false);
  });

  it('can be taken away wherever the connection breaks', async () => {
    let isCut = true;
    for (let pieces = 0; isCut; pieces++) {
      const cutter = await cutAfter(pieces, rabbitmq.managementPort);
      username = `${PREFIX}cut_${pieces}`;
      await made(contextOf(cutter.port)).catch(() => {});
      await engine.remove(contextOf(cutter.port), username).catch(() => {});
      isCut = cutter.isCut();
      await cutter.close();
      await engine.remove(contextOf(), username);
    }
    expect(await users()).toEqual([]);
  });

  it('are left by no process, wherever it is killed', async () => {
    let isOver = false;
    for (let kill = -1; !isOver; kill++) {
      const world = new World();
      world.engines.set('rabbitmq', engine as unknown as Engine);
      world.admin = { ...rabbitmq.admin };
      await world.start();
      const role = { engine: 'rabbitmq', config: settings(), grants: GRANTS };
      const admin = `${SERVICE}/admin`;
      const given = { name: 'reader', service: SERVICE, settings: { ...role, admin } };
      await world.dynamic.defineRole(given, BY);
      let moments = 0;
      world.isKilledAt = () => moments++ === kill;
      const { dynamic, death } = world.process;
      const asked = await Promise.race([dynamic.ask(ROLE, world.caller(), 60), death]);
      if (asked === 'dead') await world.start();
      else expect(await works(asked.value)).toBe(true);
      await world.pass(MINUTE);
      await world.pass(MINUTE);
      const at = `killed at ${kill}: ${JSON.stringify(world.moments.slice(-2))}`;
      expect(await users(), at).toEqual([]);
      for (const lease of await world.leases()) expect(lease.state, at).toBe('ended');
      isOver = kill >= 0 && moments < kill;
    }
  });

  it('have passwords that no log holds', () => {
    const text = rabbitmq.log();
    expect(text).toContain(PREFIX);
    expect(passwords.size).toBeGreaterThan(1);
    for (const password of passwords) expect(text).not.toContain(password);
  });
});
