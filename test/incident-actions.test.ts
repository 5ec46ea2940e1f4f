import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployment } from './support/manifests.ts';
import { startTestServer, type TestServer, writeFolder } from './support/server.ts';
import { estate, eventually, MAIL, ordinary, PAYMENTS, send, theft } from './support/small-shop.ts';

interface Incident {
  readonly proposed: readonly {
    readonly id: string;
    readonly kind: string;
    readonly target: string;
  }[];
  readonly actions: readonly {
    readonly id: string;
    readonly kind: string;
    readonly standing: string;
    readonly steps: readonly { readonly state: string; readonly outcome: string | null }[];
  }[];
}
interface Entry {
  readonly action: string;
  readonly actor: string;
  readonly reason: string;
}

const account = (name: string) => `${deployment(name)}apiVersion: v1
kind: ServiceAccount
metadata: {name: ${name}, namespace: shop}
`;
const folder = writeFolder({ ...estate, 'mail/deploy.yaml': account('mail') });

let server: TestServer;
let incident: string;
beforeAll(async () => {
  server = await startTestServer({ folders: [{ path: folder.path, name: 'estate' }] });
  await server.settle();
  const scopes = [{ service: PAYMENTS, operations: ['POST /charges'] }];
  const config = { environments: ['test'], scopes };
  const plan = { rotator: 'api-key', config, everySeconds: 86_400 };
  const secret = { service: MAIL, name: 'charges', kind: 'api-key', plan, reason: 'a test' };
  expect(await post('/api/v1/secrets', secret)).toMatchObject({ status: 201 });
  await eventually(
    () => server.get<{ items: { labels: { current?: number } }[] }>('/api/v1/secrets'),
    ({ items }) => items[0]?.labels.current !== undefined,
  );
  await send(server.otlpOrigin, ordinary(Date.now()));
  await server.settle();
  await send(server.otlpOrigin, theft(Date.now()));
  const { items } = await eventually(
    () => server.get<{ items: { id: string; path: string[] }[] }>('/api/v1/incidents'),
    ({ items: found }) => found.some(({ path }) => path.includes(PAYMENTS)),
  );
  incident = items[0]?.id ?? '';
  await server.settle();
}, 90_000);
afterAll(async () => {
  await server?.close();
  folder.remove();
});

async function post(path: string, body: object, token = server.adminToken) {
  const response = await fetch(`${server.origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const look = () => server.get<Incident>(`/api/v1/incidents/${incident}`);
const act = (action: string, token?: string) =>
  post(
    `/api/v1/incidents/${incident}/actions`,
    { action, reason: 'somebody is in the mail' },
    token,
  );

async function log(): Promise<readonly Entry[]> {
  const { items } = await server.get<{ items: Entry[] }>('/api/v1/audit?limit=500');
  return items;
}

async function proposed(kind: string, target: string) {
  const { proposed: all } = await look();
  const found = all.find((one) => one.kind === kind && one.target.startsWith(target));
  expect(found, JSON.stringify(all.map((one) => [one.kind, one.target]))).toBeDefined();
  return found?.id ?? '';
}

describe('what is done about an incident', { timeout: 60_000 }, () => {
  it.each([
    ['revoke-identity', MAIL, 'identity.deny', /deny list/],
    ['block-edge', `${MAIL} -> ${PAYMENTS}`, 'policy.block-edge', /Policy forbids/],
    ['block-endpoint', PAYMENTS, 'endpoint.block', /is blocked/],
    ['rotate-credentials', MAIL, 'secret.leak', /A new value/],
  ])('%s is done once, and audited in both domains', async (kind, target, audited, outcome) => {
    const action = await proposed(kind, target);
    const isTold = ({ action: told, reason }: Entry) =>
      told === audited && reason.startsWith(incident);
    for (let time = 0; time < 2; time++) {
      const { status, body } = await act(action);
      expect(status, JSON.stringify(body)).toBe(200);
      const taken = (body as Incident).actions.find(({ id }) => id === action);
      expect(taken?.standing, JSON.stringify(taken)).toBe('done');
      expect(taken?.steps[0]?.outcome).toMatch(outcome);
    }
    const entries = await log();
    expect(entries.filter(isTold)).toHaveLength(1);
    expect(entries.filter((one) => one.action === 'incident.acted').length).toBeGreaterThan(0);
  });

  it('takes effect', async () => {
    const secret = encodeURIComponent(`${MAIL}/charges`);
    const { labels } = await eventually(
      () => server.get<{ labels: { current: number } }>(`/api/v1/secrets/${secret}`),
      (one) => one.labels.current === 2,
    );
    expect(labels.current).toBe(2);
    const { items } = await server.get<{ items: { from: string; to: string }[] }>(
      '/api/v1/blocked-edges',
    );
    expect(items.map(({ from, to }) => `${from} ${to}`)).toEqual([`${MAIL} ${PAYMENTS}`]);
  });

  it.each([
    ['revoke-identity', MAIL, 'identity-operator'],
    ['block-edge', MAIL, 'operator'],
    ['rotate-credentials', MAIL, 'secret-operator'],
  ])('%s takes the permission of its domain, too', async (kind, target, role) => {
    const tokenOf = async (name: string, roles: string[]): Promise<string> => {
      const { body } = await post('/api/v1/people', { name, roles, reason: 'a test' });
      return body.token;
    };
    const { proposed: open, actions } = await look();
    const { id = '' } =
      [...open, ...actions].find(
        (one) => one.kind === kind && JSON.stringify(one).includes(target),
      ) ?? {};
    const refused = await act(id, await tokenOf(`responder-${kind}`, ['responder']));
    expect(refused.status).toBe(403);
    expect(JSON.stringify(refused.body)).toMatch(/permission|may/);
    const both = await act(id, await tokenOf(`both-${kind}`, ['responder', role]));
    expect(both.status, JSON.stringify(both.body)).toBe(200);
    expect((await act(id, await tokenOf(`only-${kind}`, [role]))).status).toBe(403);
  });

  it('has to be proposed, and to have a reason', async () => {
    expect((await act('action-0')).status).toBe(404);
    const action = { action: 'action-0', reason: '' };
    expect((await post(`/api/v1/incidents/${incident}/actions`, action)).status).toBe(400);
  });
});
