import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toTimestamp } from '../../../../base/clock.ts';
import { serviceId } from '../../../../estate/index.ts';
import type { Person } from '../../../auth/people.ts';
import {
  type SecretsScene,
  type SecretsServer,
  secretsScene,
} from '../../../testing/secrets-server.ts';
import { VaultView } from './vault.ts';
import { SecretItem, SecretView } from './views.ts';

const ORDERS = serviceId('production', 'shop', 'orders');
const drawn = () => randomBytes(16).toString('hex');
const KV = { kind: 'kv', url: 'http://127.0.0.1:1', mount: 'kv', path: 'orders' };
const PLAN = { rotator: 'model', config: { target: 'db' }, everySeconds: 86_400 };

let scene: SecretsScene;
let server: SecretsServer;
beforeAll(async () => {
  scene = await secretsScene();
  await scene.store.publish(
    {
      services: [{ ...service, id: ORDERS, name: 'orders', owner: 'team-orders' }],
      ...{ endpoints: [], calls: [], credentials: [], findings: [], answers },
    },
    toTimestamp(Date.now()),
  );
  server = await scene.start({}, {}, { ofToken: async () => OF_WEB, ofDigest: async () => OF_WEB });
});
afterAll(() => scene.close());

/** Whoever shows another token than the administrator's. */
const OF_WEB: Person = {
  ...{ name: 'bo', roles: ['secret-reader', 'secret-operator'], teams: ['team-web'] },
  ...{ createdAt: toTimestamp(0), createdBy: 'admin', expiresAt: toTimestamp(Date.now() + 60_000) },
};
const nothing = { total: 0, satisfied: 0 };
const answers = {
  ...{ endpointsInventoried: nothing, callsAuthenticated: nothing, credentialsGoverned: nothing },
};
const service = {
  ...{ namespace: 'shop', environment: 'production', kind: 'workload' as const },
  ...{ criticality: null, exposure: 'internal' as const, identity: null, sources: [] },
};

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared, and not worked with
  readonly body: any;
}

/** Asks, and remembers every answer as text. */
const told: string[] = [];
async function ask(method: string, path: string, body?: object): Promise<Answer> {
  const response = await server.ask(`/api/v1/${path}`, {
    method,
    ...(body && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await response.text();
  if (!path.endsWith('/value')) told.push(text);
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}
const post = (path: string, body: object = {}) => ask('POST', path, body);
const idOf = (name: string) => `${ORDERS}/${name}`;
const at = (name: string) => `secrets/${encodeURIComponent(idOf(name))}`;
const create = (name: string, more: object = {}) =>
  post('secrets', { service: ORDERS, name, kind: 'postgres', reason: 'a test', ...more });

/** Waits until a secret is so. */
async function until(
  name: string,
  isSo: (secret: Answer['body']) => boolean,
): Promise<Answer['body']> {
  for (let look = 1; ; look++) {
    const { body } = await ask('GET', at(name));
    if (isSo(body)) return body;
    if (look > 1_000) throw new Error(`it stays so: ${JSON.stringify(body)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('secrets', () => {
  it('are made with a value, and shown without it', async () => {
    const value = { username: 'orders', password: drawn() };
    const made = await create('orders-db', { value, consumers: ['production/shop/web'] });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      ...{ id: idOf('orders-db'), owner: 'team-orders', namedOwner: null, createdBy: 'admin' },
      ...{ labels: { current: 1 }, versions: [{ number: 1, isKept: true }] },
      problems: [{ problem: 'no-plan', title: 'Nothing rotates it' }],
    });
    const shown = await ask('GET', at('orders-db'));
    expect(shown).toEqual({ status: 200, body: made.body });
    expect(SecretView.safeParse(shown.body).error).toBeUndefined();
    expect(VaultView.safeParse((await ask('GET', 'vault')).body).error).toBeUndefined();
    const { body: list } = await ask('GET', 'secrets');
    expect(SecretItem.safeParse(list.items[0]).error).toBeUndefined();
    expect(await create('orders-db', { value })).toMatchObject({
      ...{ status: 409, body: { code: 'secrets/secret-conflict' } },
    });
    const read = await post(`${at('orders-db')}/value`, { reason: 'an outage' });
    expect(read.body).toEqual({ id: idOf('orders-db'), version: 1, expiresAt: null, value });
    const { body: log } = await ask('GET', 'audit?action=secret.read');
    expect(log.items).toMatchObject([{ subject: idOf('orders-db'), reason: 'an outage' }]);
    expect(told.join('')).not.toContain(value.password);
  });

  it.each([
    ['of a service that the estate does not know', { service: 'production/shop/new' }, 404],
    ['with a name that is none', { name: '../x' }, 400],
    ['without a value that it names', { value: {} }, 400],
    ['with a value that is too large', { value: { password: 'x'.repeat(65_537) } }, 413],
    ['with a rotator that there is not', { plan: { ...PLAN, rotator: 'none' } }, 400],
    ['with a configuration that is wrong', { plan: { ...PLAN, config: { targets: 1 } } }, 400],
    ['with an admin that there is not', { plan: { ...PLAN, admin: idOf('admin') } }, 400],
    ['with a plan that leaves no time', { plan: { ...PLAN, overlapSeconds: 86_400 } }, 400],
  ])('are not made %s', async (_what, more, status) => {
    const { body, ...answer } = await create('refused', more);
    expect({ ...answer, code: body.code }).toMatchObject({ status });
    expect((await ask('GET', at('refused'))).status).toBe(404);
  });

  it('are made for a service that is to come, where that is said', async () => {
    const later = await create('later', { service: 'production/shop/new', isNewService: true });
    expect(later).toMatchObject({ status: 201, body: { owner: null, labels: {} } });
  });

  it('are made by their rotator, and renewed when somebody wants it', async () => {
    await create('api', { kind: 'api-key', plan: PLAN });
    const first = await until('api', ({ run, labels }) => run === null && labels.current);
    expect(first).toMatchObject({
      plan: { rotator: 'model', overlapSeconds: 3_600, jitter: 0.1 },
      labels: { current: 1 },
    });
    expect(first.plan).not.toHaveProperty('config');
    expect((await post(`${at('api')}/rotate`, { reason: 'now' })).status).toBe(200);
    expect(await until('api', ({ labels }) => labels.current === 2)).toMatchObject({
      run: { step: 'finish', why: 'person' },
      labels: { previous: 1 },
    });
    const previous = await post(`${at('api')}/value`, { version: 'previous', reason: 'a look' });
    expect(scene.target.accepted).toContain(previous.body.value.value);
    expect((await post(`${at('api')}/revoke`, { versions: [1] })).status).toBe(200);
    await until('api', ({ versions }) => versions[0].revokedAt !== null);
    expect(scene.target.accepted.size).toBe(1);
    const gone = await post(`${at('api')}/value`, { version: 1, reason: 'a look' });
    expect(gone).toMatchObject({ status: 403, body: { code: 'secrets/version-forbidden' } });
  });

  it('wait for a person, who has it tried again or gives it up', async () => {
    await create('stuck', { plan: PLAN });
    await until('stuck', ({ run, labels }) => run === null && labels.current);
    scene.target.misbehaves.push('denied');
    await post(`${at('stuck')}/rotate`);
    const stuck = await until('stuck', ({ run }) => run?.waits);
    expect(stuck.problems).toMatchObject([{ problem: 'waiting', why: 'it is denied' }]);
    const { body: list } = await ask('GET', 'secrets?problem=waiting');
    expect(list.items.map(({ id }: { id: string }) => id)).toEqual([idOf('stuck')]);
    await post(`${at('stuck')}/cancel`, { reason: 'enough' });
    expect(await until('stuck', ({ run }) => run === null)).toMatchObject({
      labels: { current: 1 },
    });
    const { body, status } = await post(`${at('stuck')}/retry`);
    expect([status, body.code]).toEqual([404, 'secrets/rotation-not-found']);
  });

  it('have what cannot be revoked on a list, until somebody abandons it', async () => {
    await create('left', { value: { value: drawn() } });
    await post(`${at('left')}/revoke`, { versions: 'all', reason: 'over' });
    const { body } = await ask('GET', 'revocations');
    expect(body.items).toMatchObject([
      { secret: idOf('left'), version: 1, owner: 'team-orders', revocation: { reason: 'over' } },
    ]);
    const busy = await ask('DELETE', `${at('left')}?reason=over`);
    expect(busy).toMatchObject({ status: 409, body: { code: 'secrets/rotation-conflict' } });
    const left = await post(`${at('left')}/abandon`, { version: 1, reason: 'gone' });
    expect(left.body.versions[0].revocation.problem).toBe('abandoned by admin');
  });

  it('take another value, have versions destroyed, and are removed', async () => {
    await create('given', { value: { value: drawn() } });
    const [second, third] = [{ value: drawn() }, { value: drawn() }];
    expect((await post(`${at('given')}/versions`, { value: second })).status).toBe(201);
    await post(`${at('given')}/versions`, { value: third });
    const kept = await post(`${at('given')}/destroy`, { versions: [2] });
    expect(kept).toMatchObject({ status: 409 });
    const { body } = await post(`${at('given')}/destroy`, { versions: [1] });
    expect(body.versions.map(({ isKept }: { isKept: boolean }) => isKept)).toEqual([
      false,
      true,
      true,
    ]);
    await post(at('given'), { owner: 'team-web', consumers: [], reason: 'moved' });
    expect((await ask('GET', at('given'))).body).toMatchObject({ owner: 'team-web' });
    expect((await ask('DELETE', `${at('given')}?reason=over`)).status).toBe(204);
    expect((await ask('GET', at('given'))).body.code).toBe('secrets/secret-not-found');
  });

  it('are listed page by page, and by what is asked of them', async () => {
    for (const name of ['list-b', 'list-a', 'list-c']) {
      await create(name, { kind: 'token', owner: `team-${name}` });
    }
    const names = async (query: string) => {
      const { body } = await ask('GET', `secrets?search=list-&${query}`);
      return [body.items.map(({ name }: { name: string }) => name).join(), body.next, body.total];
    };
    expect(await names('limit=2')).toEqual(['list-a,list-b', idOf('list-b'), 3]);
    expect(await names(`limit=2&after=${idOf('list-b')}`)).toEqual(['list-c', null, 3]);
    expect(await names('owner=team-list-c')).toEqual(['list-c', null, 1]);
    expect(await names('kind=postgres')).toEqual(['', null, 0]);
    expect(await names('label=none')).toEqual(['list-a,list-b,list-c', null, 3]);
    expect(await names(`service=${ORDERS}&problem=no-plan&label=current`)).toEqual(['', null, 0]);
  });

  it('of another team are seen, and neither read nor changed; who tried is told', async () => {
    const headers = { authorization: `Bearer ${drawn()}`, 'content-type': 'application/json' };
    const asBo = async (path: string, said: object) => {
      const body = JSON.stringify({ reason: 'curious', ...said });
      const response = await server.ask(`/api/v1/${path}`, { method: 'POST', headers, body });
      return ((await response.json()) as { code?: string }).code;
    };
    const about = { service: ORDERS, name: 'mine', kind: 'token' };
    expect(await asBo(`${at('orders-db')}/value`, {})).toBe('http/team-forbidden');
    expect(await asBo(`${at('orders-db')}/rotate`, {})).toBe('http/team-forbidden');
    expect(await asBo('secrets', about)).toBe('http/team-forbidden');
    expect(await asBo('vault/seal', {})).toBe('http/permission-forbidden');
    expect(await asBo('secrets', { ...about, owner: 'team-web' })).toBe('http/team-forbidden');
    const own = { ...about, service: 'production/shop/coming', isNewService: true };
    expect(await asBo('secrets', own)).toBe('http/team-forbidden');
    expect(await asBo('secrets', { ...own, owner: 'team-web' })).toBeUndefined();
    const mine = `secrets/${encodeURIComponent('production/shop/coming/mine')}`;
    for (const more of [
      { admin: idOf('orders-db') },
      { deliver: [{ ...KV, admin: idOf('orders-db') }] },
      { deliver: [{ ...KV, takeOver: true }] },
    ]) {
      const plan = { ...PLAN, ...more };
      expect(await asBo(`${mine}/plan`, { plan })).toBe('http/team-forbidden');
      const another = { ...own, name: 'another', owner: 'team-web', plan };
      expect(await asBo('secrets', another)).toBe('http/team-forbidden');
    }
    expect(await asBo(`${mine}/plan`, { plan: null })).toBeUndefined();
    const { body: log } = await ask('GET', 'audit?action=secret.deny');
    expect(log.items).toMatchObject([
      { actor: 'bo', subject: idOf('orders-db'), detail: { why: 'it belongs to another team' } },
    ]);
  });

  it('are read with a reason only', async () => {
    const { status, body } = await post(`${at('orders-db')}/value`, { reason: '' });
    expect([status, body.code]).toEqual([400, 'http/request-invalid']);
  });

  it('have rotators, which say what they take', async () => {
    const { body } = await ask('GET', 'rotators');
    expect(body.items).toMatchObject([
      { kind: 'model', needsAdmin: false, config: { required: ['target'] } },
    ]);
  });
});

describe('a vault', () => {
  it('that is sealed keeps values back, and nothing else', async () => {
    const { body } = await post('vault/seal', { reason: 'an intruder' });
    expect(body).toMatchObject({
      state: 'sealed',
      problem: { message: 'admin has sealed the vault' },
    });
    const value = { value: drawn() };
    for (const [path, said] of [
      ['secrets', { service: ORDERS, name: 'sealed', kind: 'x', value }],
      [`${at('orders-db')}/value`, { reason: 'a look' }],
      [`${at('orders-db')}/versions`, { value }],
      ['vault/root-keys', {}],
      ['vault/rewrap', {}],
      ['rotations/resume', {}],
    ] as const) {
      const { status, body: problem } = await post(path, said);
      expect([path, status, problem.code]).toEqual([path, 503, 'vault/unavailable/sealed']);
      expect(problem.hint).toContain('unseal');
    }
    expect((await ask('GET', at('orders-db'))).status).toBe(200);
    expect((await ask('GET', 'rotations')).body).toMatchObject({ state: 'sealed' });
    expect((await post(`${at('stuck')}/rotate`)).body.run.step).toBe('make');
    expect((await post('vault/unseal', { reason: 'all clear' })).body.state).toBe('unsealed');
    await until('stuck', ({ labels, run }) => run?.step === 'finish' && labels.previous === 1);
  });

  it('has its root key rotated, and every value wrapped anew', async () => {
    const { body } = await post('vault/root-keys', { reason: 'a year' });
    expect(body.rootKeys.map(({ version }: { version: number }) => version)).toEqual([1, 2]);
    const begun = await post('vault/rewrap', { reason: 'a year' });
    expect(begun).toMatchObject({ status: 202 });
    await server.secrets.rewrapping.settled();
    const { rewrapping } = (await ask('GET', 'vault')).body;
    const { total } = (await ask('GET', 'secrets')).body;
    expect(rewrapping).toMatchObject({ total, done: total, failed: 0 });
    const envelopes = await server.secrets.keeping.envelopes();
    expect(new Set(envelopes.map((one) => one.split(':')[1]))).toEqual(new Set(['2']));
    const early = await ask('DELETE', 'vault/root-keys/1?reason=over');
    expect(early).toMatchObject({ status: 409, body: { code: 'vault/conflict/root-key-in-use' } });
  });

  it('has no shares to be given where its key is in a file', async () => {
    expect(await post('vault/initialise')).toMatchObject({ status: 409 });
    const share = await post('vault/unseal', { share: 'reeve-share-v1:x' });
    expect(share).toMatchObject({ status: 400, body: { code: 'vault/invalid' } });
  });
});
