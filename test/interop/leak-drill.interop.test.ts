import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnReeve } from '../../src/cli/testing/run.ts';
import type { SecretValue } from '../../src/secrets/model/index.ts';
import { type Answered, LeakDrill } from '../support/leaked/drill.ts';
import { apiKeyTarget, signingKeyTarget } from '../support/leaked/issued.ts';
import { type LeakedReeve, ORDERS, startLeakedReeve } from '../support/leaked/reeve.ts';
import { type LeakServers, openLeakServers } from './support/leaked.ts';
import type { LoginPlace } from './support/logins.ts';

/** What the audit log tells of each, in this order. */
const MOMENTS = ['leak.report', 'secret.leak', 'secret.promote', 'secret.revoked'];

/** The secret part of a value: of a private key, a line. */
const secretOf = ({ password, key, privateKey }: SecretValue): string =>
  password ?? key ?? privateKey?.split('\n')[1] ?? '';

describe('values of several real targets that leak at once', () => {
  let servers: LeakServers;
  let reeve: LeakedReeve;
  let drill: LeakDrill;
  let answered: readonly Answered[];
  let intruder: { readonly ended: Promise<unknown> };

  const cli = async (...args: string[]) =>
    spawnReeve([...args, '--server', reeve.server.origin], reeve.adminToken);

  /** Reports a value from standard input, as people do. @returns the id of its leak */
  async function report(text: string): Promise<string> {
    const args = ['secret', 'leaked', '--where', 'https://paste.example.org/1', '--reason', 'seen'];
    const ended = await spawnReeve(
      [...args, '--format', 'json', '--server', reeve.server.origin],
      reeve.adminToken,
      `${text}\n`,
    );
    expect(ended, ended.stderr).toMatchObject({ status: 0 });
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(text);
    return (JSON.parse(ended.stdout) as { id: string }).id;
  }

  /** Somebody has found the value of PostgreSQL, and holds a session. */
  async function intrude(): Promise<{ readonly ended: Promise<unknown> }> {
    const [postgres] = servers.targets;
    if (postgres === undefined) throw new Error('there is no PostgreSQL');
    const { host, port, database } = postgres.config as LoginPlace;
    const { username: user, password } = (await reeve.secrets.get('postgres')).value;
    const client = new Client({ ...{ host, port, database, user, password } });
    client.on('error', () => undefined);
    const ended = new Promise((resolve) => client.once('end', resolve));
    await client.connect();
    return { ended };
  }

  beforeAll(async () => {
    servers = await openLeakServers();
    const targets = [...servers.targets, apiKeyTarget(() => reeve), signingKeyTarget(() => reeve)];
    reeve = await startLeakedReeve(targets.map(({ name }) => name));
    drill = await LeakDrill.start(reeve, targets);
    await drill.untilAllUseCurrent();
    intruder = await intrude();
    answered = await drill.respond(report);
    await drill.untilAllUseCurrent();
    await drill.stop();
    for (const { target, promotedMs, refusedMs, containedMs } of answered) {
      const times = { promotedMs, refusedMs, containedMs };
      const told = Object.entries(times).map(([name, ms]) => `${name} ${Math.round(ms)}`);
      console.info(`${target.name}: ${told.join(', ')}`);
    }
  });
  afterAll(async () => {
    await drill?.stop();
    await reeve?.close();
    await servers?.close();
  });

  it('are refused by each target, asked past Reeve, which takes the next one', async () => {
    expect(answered.length).toBeGreaterThan(2);
    for (const { target, leaked } of answered) {
      const { version, value } = await reeve.secrets.get(target.name);
      expect([target.name, version, await target.takes(value)]).toEqual([target.name, 2, true]);
      expect(await target.takes(leaked), target.name).toBe(false);
    }
  });

  it('are of no use any more to who holds a session with one', async () => {
    await intruder.ended;
  });

  it('cost no consumer a login', () => {
    for (const [{ name }, { failures, logins, version }] of drill.consumers) {
      expect(failures, name).toEqual([]);
      expect(logins, name).toBeGreaterThan(5);
      expect(version, name).toBe(2);
    }
  });

  it('leave nothing on the list', async () => {
    for (const { target, leak } of answered) {
      expect(leak.isContained, target.name).toBe(true);
      expect(leak.items[0]).toMatchObject({
        ...{ kind: 'secret', subject: `${ORDERS}/${target.name}`, version: 1, state: 'revoked' },
      });
      expect(leak.items.every(({ state }) => state === 'revoked')).toBe(true);
    }
    const listed = await cli('secret', 'leaks', '--format', 'json');
    const { items } = JSON.parse(listed.stdout) as { items: { isContained: boolean }[] };
    expect(items.map(({ isContained }) => isContained)).toEqual(answered.map(() => true));
    expect((await cli('secret', 'unrevoked')).stdout).toContain('None:');
  });

  it('have a timeline from the report to the refusal', () => {
    for (const { target, leak } of answered) {
      const actions = leak.timeline.map(({ action }) => action);
      expect(
        actions.filter((action) => MOMENTS.includes(action)),
        target.name,
      ).toEqual(MOMENTS);
      const sequences = leak.timeline.map(({ sequence }) => sequence);
      expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    }
  });

  it('are nowhere in what the log or the audit log says, which is what was signed', async () => {
    const exported = await cli('audit', 'export');
    expect(exported.stdout).toContain('secret.leak');
    for (const { target, leaked } of answered) {
      const text = secretOf(leaked);
      expect(text.length).toBeGreaterThan(10);
      expect(exported.stdout.includes(text), target.name).toBe(false);
      expect(reeve.server.logged().includes(text), target.name).toBe(false);
    }
    const verified = await spawnReeve(['audit', 'verify', '--data', reeve.server.dataFolder], '');
    expect(verified, verified.stderr).toMatchObject({ status: 0 });
    expect(verified.stdout).toContain('The log is what was signed.');
  });
});
