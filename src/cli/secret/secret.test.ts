import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Ended,
  expectDone,
  expectRefused,
  flat,
  runReeve,
  spawnReeve,
} from '../testing/run.ts';
import { ORDERS, type SecretServer, startSecretServer } from './testing/secret-server.ts';

let server: SecretServer;
let folder: string;
beforeAll(async () => {
  server = await startSecretServer();
  folder = mkdtempSync(join(tmpdir(), 'reeve-cli-secret-'));
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const drawn = () => randomBytes(16).toString('hex');
const reeve = (...args: string[]): Promise<Ended> =>
  runReeve(['secret', ...args, '--server', server.origin], server.token);
const fed = (input: string, ...args: string[]): Promise<Ended> =>
  spawnReeve(['secret', ...args, '--server', server.origin], server.token, input);
const secret = async (...args: string[]): Promise<Ended> => expectDone(await reeve(...args));
const json = async <Answer>(...args: string[]): Promise<Answer> =>
  JSON.parse((await secret(...args, '--format', 'json')).stdout) as Answer;

interface Shown {
  readonly labels: { readonly current?: number };
  readonly run: object | null;
  readonly versions: readonly { readonly revokedAt: string | null }[];
}

const NEW = ['--service', ORDERS, '--kind', 'password'];
const PLAN = ['--rotator', 'model', '--every', '24h', '--set', 'target=db'];

/** A file with a value. */
function fileOf(text: string): string {
  const file = join(folder, drawn());
  writeFileSync(file, text);
  return file;
}
/** A secret with a value of one member. */
async function create(name: string, ...args: string[]): Promise<string> {
  const value = drawn();
  await secret('create', name, ...NEW, '--field', `value=${fileOf(value)}`, ...args);
  return value;
}
/** A secret whose value its rotator has made. */
async function createByPlan(name: string): Promise<string> {
  await secret('create', name, ...NEW, ...PLAN);
  await vi.waitUntil(async () => {
    const { run, labels } = await json<Shown>('show', name);
    return run === null && labels.current === 1;
  });
  return (await secret('read', name, '--reason', 'a look')).stdout.trimEnd();
}

describe('reeve secret', () => {
  it('keeps a value from standard input, and prints it to who says why', async () => {
    const value = drawn();
    const made = expectDone(await fed(`${value}\n`, 'create', 'orders-db', ...NEW, '--value'));
    expect(made.stdout).toMatch(new RegExp(`^secret +${ORDERS}/orders-db$`, 'm'));
    expect(made.stdout).toMatch(/^owner +team-orders, as it owns the service$/m);
    expect(flat(made.stdout)).toMatch(/versions 1, made [\d: -]+: current/);
    expect(made.stdout).not.toContain(value);
    expect((await secret('show', 'orders-db')).stdout).toBe(made.stdout);
    expect((await secret('list')).stdout).not.toContain(value);
    const read = await secret('read', 'orders-db', '--reason', 'an outage');
    expect(read.stdout).toBe(`${value}\n`);
  });

  it('takes values of several members out of files, and another from standard input', async () => {
    const [password, other] = [drawn(), drawn()];
    const fields = ['--field', `user=${fileOf('ana\n')}`, '--field', `pin=${fileOf(password)}`];
    await secret('create', 'pair', ...NEW, ...fields);
    const reading = ['read', 'pair', '--reason', 'a look'];
    const { stdout } = await secret(...reading);
    expect(JSON.parse(stdout)).toEqual({ user: 'ana', pin: password });
    expect((await secret(...reading, '--field', 'pin')).stdout).toBe(password);
    expectRefused(await reeve(...reading, '--field', 'pan'), 'no `pan`', 'it has pin, user');
    expectDone(await fed(JSON.stringify({ pin: other }), 'put', 'pair', '--json'));
    expect((await secret(...reading)).stdout).toBe(`${other}\n`);
    expect((await secret(...reading, '--version', '1', '--field', 'pin')).stdout).toBe(password);
  });

  it('has a value made by its plan, renews it, and revokes the one before', async () => {
    const first = await createByPlan('api');
    expect((await secret('show', 'api')).stdout).toMatch(/^plan +model every 1d, the version/m);
    await secret('rotate', 'api', '--reason', 'now');
    await vi.waitUntil(async () => (await json<Shown>('show', 'api')).labels.current === 2);
    expect(server.target.accepted).toContain(first);
    await secret('revoke', 'api', '--version', '1', '--reason', 'old', '--yes');
    await vi.waitUntil(async () => (await json<Shown>('show', 'api')).versions[0]?.revokedAt);
    expect(server.target.accepted).not.toContain(first);
    expect((await secret('rotators')).stdout).toMatch(/^model +- +target\*$/m);
  });

  it('says how one is renewed, or that nothing renews it', async () => {
    await create('planned');
    const planned = await secret(
      ...['plan', 'planned', ...PLAN, '--overlap', '30m', '--window', 'sat+sun,22:00-04:00'],
    );
    expect(flat(planned.stdout)).toMatch(/plan model every 1d, the version before kept 30m/);
    const none = await secret('plan', 'planned', '--none', '--reason', 'by hand from now on');
    expect(none.stdout).toMatch(/^plan +none: nothing rotates it$/m);
  });

  it('says who answers for one and who may read it, and forgets it', async () => {
    await create('gone');
    const { stdout } = await secret(
      ...['edit', 'gone', '--owner', 'team-web', '--consumer', 'production/shop/web'],
    );
    expect(stdout).toMatch(/^owner +team-web$/m);
    expect(stdout).toMatch(/^readers +production\/shop\/web$/m);
    const bare = await secret('edit', 'gone', '--owner', '', '--no-consumers');
    expect(bare.stdout).toMatch(/^owner +team-orders, as it owns the service$/m);
    expect(bare.stdout).not.toContain('readers');
    const removed = await secret('remove', 'gone', '--yes', '--reason', 'over & done');
    expect(removed.stdout).toBe(`removed ${ORDERS}/gone\n`);
    expectRefused(await reeve('show', 'gone'), '`gone` is no secret', '`reeve secret list`');
  });

  it('lists what cannot be revoked, and how rotations stand', async () => {
    await create('left');
    await secret('revoke', 'left', '--all', '--yes', '--reason', 'over');
    expect((await secret('unrevoked')).stdout).toContain('left');
    await secret('settle', 'left', '--version', '1', '--yes', '--reason', 'its target is gone');
    expect((await secret('unrevoked')).stdout).toContain('None:');
    expect((await secret('status')).stdout).toMatch(/^rotations +running$/m);
    expect((await secret('list', '--search', 'left', '--problem', 'no-plan')).stdout).toContain(
      'left',
    );
  });

  it('seals the vault, and unseals it', async () => {
    expect((await secret('vault', 'status')).stdout).toMatch(/^vault +unsealed$/m);
    const sealed = await secret('vault', 'seal', '--yes', '--reason', 'an intruder');
    expect(sealed.stdout).toMatch(/^vault +sealed$/m);
    expect(flat(sealed.stdout)).toContain('problem admin has sealed the vault');
    expectRefused(
      await reeve('read', 'orders-db', '--reason', 'a look'),
      'The vault is sealed',
      'unseal',
    );
    const foreign = await fed(`${drawn()}\n`, 'vault', 'unseal', '--share');
    expect(foreign).toMatchObject({ status: 2, stdout: '' });
    const unsealed = await secret('vault', 'unseal', '--reason', 'all clear');
    expect(unsealed.stdout).toMatch(/^vault +unsealed$/m);
    await secret('vault', 'rotate-root', '--reason', 'a year');
    expect((await secret('vault', 'status')).stdout).toMatch(/ 2, made .* UTC: wraps$/m);
  });
});

describe('reeve secret leaked', () => {
  it('has a value that was pasted replaced and revoked, and tells each moment', async () => {
    const value = await createByPlan('leaky');
    const ended = expectDone(await fed(`${value}\n`, 'leaked', '--where', 'a public repository'));
    expect(ended.stdout).toMatch(/^state +contained: nothing is left that the value opens$/m);
    expect(ended.stdout).toMatch(new RegExp(`^opens +${ORDERS}/leaky, version 1$`, 'm'));
    expect(ended.stdout).toMatch(/^ {2}state +revoked: its target refuses it$/m);
    expect(flat(ended.stdout)).toMatch(/reported [\d: -]+ UTC by admin: a public repository/);
    expect(ended.stderr).toMatch(/^\+\d+\.\d{3} s admin reported a leak/m);
    const moments = ended.stderr.match(/^\+[\d.]+ s/gm) ?? [];
    expect(moments.length).toBeGreaterThan(3);
    expect(moments.length).toBe(ended.stdout.match(/\+[\d.]+ s/g)?.length);
    expect(ended.stdout + ended.stderr).not.toContain(value);
    expect(server.target.accepted).not.toContain(value);
    const list = await secret('leaks');
    expect(list.stdout).toMatch(/leaky +contained$/m);
    const [id = ''] = /leak[-\w]*(?= )/.exec(list.stdout.split('\n').at(1) ?? '') ?? [];
    expect((await secret('leak', id)).stdout).toBe(ended.stdout);
  });

  it('fails while what nobody renews is open, until a person has settled it', async () => {
    const value = await create('by-hand');
    const ended = await fed(value, 'leaked', '--reason', 'paste');
    expect(ended.status).toBe(1);
    expect(ended.stdout).toMatch(/^state +OPEN$/m);
    expect(flat(ended.stderr)).toContain('1 item may still be open to others');
    const [, id = ''] = /`reeve secret leak (\S+)`/.exec(flat(ended.stderr)) ?? [];
    await secret('put', 'by-hand', '--field', `value=${fileOf(drawn())}`);
    const done = await secret('leak-done', id, `${ORDERS}/by-hand`, '--reason', 'revoked there');
    expect(done.stdout).toMatch(/^state +contained/m);
  });
});

describe('bad input of reeve secret', () => {
  it.each([
    [['create', 'x', ...NEW], 'neither a value nor a plan', '--value'],
    [['create', 'x', ...NEW, '--rotator', 'model'], '--rotator and --every', 'secret rotators'],
    [['create', 'x', ...NEW, ...PLAN, '--set', 'wrong'], 'name=value', '--set host=localhost'],
    [['create', 'x', ...NEW, ...PLAN, '--rotator', 'none'], 'There is no rotator', 'model'],
    [['edit', 'orders-db'], 'Nothing is said that would change', '--no-consumers'],
    [['plan', 'orders-db'], 'No plan is given', '--none'],
    [['revoke', 'orders-db'], 'Name versions to revoke', '--version 3'],
    [['destroy', 'orders-db'], 'No version is named', '--version'],
    [['show', 'nothing-like-it'], 'is no secret', 'reeve secret list'],
    [['leaked', 'abc'], 'That is no fingerprint', '32 hexadecimal digits'],
    [['leaked', '0'.repeat(32)], 'Nothing here is known', 'been scanned'],
    [['leak', 'leak-none'], 'There is no', ''],
  ])('%j is refused, and what to do is told', async (args, message, hint) => {
    expectRefused(await reeve(...args), message, hint);
  });

  it.each([
    [['create', 'x', ...NEW, '--every', '1y'], '90s, 30m, 24h or 7d'],
    [['create', 'x', ...NEW, '--jitter', '2'], '0 to 0.5'],
    [['create', 'x', ...NEW, '--window', 'always'], 'sat+sun,22:00-04:00'],
    [['create', 'x', ...NEW, '--field', 'value'], 'name=file'],
    [['create', 'x', '--kind', 'password'], '--service'],
    [['read', 'orders-db'], '--reason'],
  ])('%j is told as usage', async (args, usage) => {
    const { status, stdout, stderr } = await reeve(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(usage);
  });

  it('a configuration that is no JSON is told by its place, without what it holds', async () => {
    const [file, value] = [join(folder, 'config.json'), drawn()];
    writeFileSync(file, `{\n  "password": "${value}" ?\n}`);
    const ended = await reeve('create', 'x', ...NEW, ...PLAN, '--config', file);
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toContain(`${file}:2:`);
    expect(ended.stderr).not.toContain(value);
  });

  it('a value that is none is refused, and never told', async () => {
    const value = drawn();
    const wrong = await fed(`{"password": "${value}"`, 'create', 'x', ...NEW, '--json');
    expectRefused(wrong, 'no JSON object of texts', '"username"');
    expect(wrong.stderr).not.toContain(value);
    expectRefused(await fed('', 'put', 'orders-db'), 'holds no value', '< value.txt');
  });
});
