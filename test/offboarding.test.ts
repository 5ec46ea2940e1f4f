import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deployment } from './support/manifests.ts';
import { startTestServer, type TestServer, writeFolder } from './support/server.ts';

const workload = (name: string) => `${deployment(name)}apiVersion: v1
kind: ServiceAccount
metadata: {name: ${name}, namespace: shop}
`;
const declaration = (name: string, calls = '') => `apiVersion: reeve.dev/v1
kind: Service
metadata: {name: ${name}, namespace: shop, owner: team-${name}}
spec:
  exposes: [{openapi: openapi.yaml}]
${calls}`;
const OPENAPI = `openapi: 3.1.0
info: {title: A, version: '1'}
paths: {/orders: {get: {responses: {}}}}
`;
const CALLS = '  calls: [{service: orders, operations: ["GET /orders"]}]\n';
const ORDERS = 'production/shop/orders';
const WEB = 'production/shop/web';

const folder = writeFolder({
  'orders/deploy.yaml': workload('orders'),
  'orders/reeve.yaml': declaration('orders'),
  'orders/openapi.yaml': OPENAPI,
  'web/deploy.yaml': workload('web'),
  'web/reeve.yaml': declaration('web', CALLS),
  'web/openapi.yaml': OPENAPI,
});

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    folders: [{ path: folder.path, name: 'repository', environment: 'production' }],
  });
  await server.settle();
});
afterAll(async () => {
  await server.close();
  folder.remove();
});

interface Step {
  readonly kind: string;
  readonly what: string;
  readonly where: string | null;
  readonly isByHand: boolean;
}
interface Plan {
  readonly digest: string;
  readonly steps: readonly Step[];
}
interface Seen {
  readonly id: string;
  readonly verifiedAt: string | null;
  readonly left: readonly Step[];
}

async function post<Answer>(path: string, body: object): Promise<Answer> {
  const response = await server.ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Answer;
  expect(response.status, JSON.stringify(answer)).toBeLessThan(300);
  return answer;
}
const identities = async (service: string) => {
  const query = new URLSearchParams({ service });
  const { items } = await server.get<{ items: object[] }>(`/api/v1/identity/entries?${query}`);
  return items.length;
};
const kinds = (steps: readonly Step[]) => [...new Set(steps.map(({ kind }) => kind))];

it('a service is retired with all that it has, as the plan showed, and what comes back is told', async () => {
  const value = { value: randomUUID() };
  const common = { kind: 'password', value, reason: 'a test' };
  await post('/api/v1/secrets', { ...common, service: ORDERS, name: 'own' });
  await post('/api/v1/secrets', { ...common, service: WEB, name: 'shared', consumers: [ORDERS] });
  await post('/api/v1/people', {
    ...{ name: 'orders-bot', roles: ['viewer'], teams: ['team-orders'], reason: 'a test' },
  });
  expect([await identities(ORDERS), await identities(WEB)]).toEqual([1, 1]);

  const retired = { kind: 'service', name: ORDERS };
  const plan = await post<Plan>('/api/v1/offboardings/plan', retired);
  expect(kinds(plan.steps)).toEqual([
    'identity',
    'endpoint',
    'secret',
    'shared-secret',
    'repository',
  ]);
  expect(plan.steps.filter(({ isByHand }) => isByHand).map(({ where }) => where)).toEqual(
    expect.arrayContaining(['orders/deploy.yaml:3', 'orders/reeve.yaml:3', 'web/reeve.yaml:6']),
  );
  expect(await identities(ORDERS)).toBe(1);

  const begun = await post<Seen>('/api/v1/offboardings', {
    ...{ ...retired, digest: plan.digest, reason: 'replaced' },
  });
  expect(begun.verifiedAt).toBeNull();
  expect(kinds(begun.left)).toEqual(['secret', 'shared-secret', 'repository']);
  expect([await identities(ORDERS), await identities(WEB)]).toEqual([0, 1]);
  expect(begun.left.find(({ kind }) => kind === 'shared-secret')).toMatchObject({
    ...{ isByHand: true, problem: 'no plan says how it is renewed' },
  });

  // judged anew, what still stands in the repository gets no identity
  await post('/api/v1/scans', {});
  await server.settle();
  expect(await identities(ORDERS)).toBe(0);

  // people do what only they can
  const shared = `/api/v1/secrets/${encodeURIComponent(`${WEB}/shared`)}`;
  await post(`${shared}/versions`, { value: { value: randomUUID() }, reason: 'known to orders' });
  await post(shared, { consumers: [], reason: 'orders is retired' });
  await post(`/api/v1/secrets/${encodeURIComponent(`${ORDERS}/own`)}/settle`, {
    ...{ version: 1, reason: 'its target is gone' },
  });
  rmSync(join(folder.path, 'orders'), { recursive: true });
  writeFileSync(join(folder.path, 'web/reeve.yaml'), declaration('web'));
  await post('/api/v1/scans', {});
  await server.settle();
  const again = await post<Seen>('/api/v1/offboardings/plan', retired).catch(() => undefined);
  expect(again).toBeUndefined();
  const { left } = await server.get<Seen>(`/api/v1/offboardings/${begun.id}`);
  expect(kinds(left)).toEqual(['secret']);
}, 60_000);
