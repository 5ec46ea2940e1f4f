import { writeFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ReevePolicy, reevePolicy } from '../sdk/src/index.ts';
import { EXT_AUTHZ } from '../src/authorization/enforcement/ext-authz/index.ts';
import { checkRequest, told } from '../src/authorization/enforcement/ext-authz/testing/messages.ts';
import { GrpcClient } from '../src/base/grpc/index.ts';
import { startTestServer, type TestServer, writeFolder } from './support/server.ts';

/** What a change may take, from the moment that the server has it, until it is obeyed. */
const LIVE_MS = 2_000;
const TRUST_DOMAIN = 'reeve.local';
const idOf = (name: string) => `spiffe://${TRUST_DOMAIN}/ns/shop/sa/${name}`;

const declaration = (name: string, calls = '', selectors = `unix:user:nobody-${name}`) =>
  `apiVersion: reeve.dev/v1
kind: Service
metadata: { name: ${name}, namespace: shop, owner: team-${name} }
spec:
  identity: { selectors: ["${selectors}"] }
  exposes: [{ operations: ["GET /orders/{id}", "POST /orders"] }]
  calls: [${calls}]
`;
const READS = '{ service: orders, operations: ["GET /orders/{id}"] }';
const WRITES = '{ service: orders, operations: ["GET /orders/{id}", "POST /orders"] }';

let server: TestServer;
let folder: ReturnType<typeof writeFolder>;
let policy: ReevePolicy;
let session: ClientHttp2Session;
let envoy: GrpcClient;
let distantSession: ClientHttp2Session;
let distant: GrpcClient;

beforeAll(async () => {
  folder = writeFolder({
    // this process is the service that is called, and the Envoy before it
    'orders/reeve.yaml': declaration('orders', '', `unix:uid:${process.getuid?.()}`),
    'web/reeve.yaml': declaration('web', READS),
  });
  server = await startTestServer({ folders: [{ path: folder.path, name: 'repository' }] });
  await server.settle();
  const address = server.workloadApiAddress ?? '';
  policy = reevePolicy({ address });
  await policy.source.ready(AbortSignal.timeout(15_000));
  session = connect('http://localhost', {
    createConnection: () => createConnection(address.replace('unix://', '')),
  });
  envoy = new GrpcClient(session, { maxMessageBytes: 100_000 });
  distantSession = connect(`http://${server.envoyAddress}`);
  distant = new GrpcClient(distantSession, { maxMessageBytes: 100_000 });
});
afterAll(async () => {
  policy.source.close();
  session.close();
  distantSession.close();
  await server.close();
  folder.remove();
});

async function bySdk(caller: string, method: string, path: string) {
  const decision = await policy({
    caller: {
      ...{ spiffeId: idOf(caller), trustDomain: TRUST_DOMAIN, path: `/ns/shop/sa/${caller}` },
      ...{ proof: 'mtls', expiresAt: new Date(0) },
    },
    ...{ method, path, template: undefined, service: undefined },
  });
  return decision.allowed ? 'allowed' : decision.reason;
}

const byExtAuthz = askingBy(() => envoy);
/** Where Envoys come over the network, they say themselves whom they stand before. */
const byNetwork = askingBy(() => distant);

function askingBy(client: () => GrpcClient) {
  return async (caller: string, method: string, path: string) => {
    const message = checkRequest({
      source: { principal: idOf(caller) },
      destination: { principal: idOf('orders') },
      request: { http: { method, path, headers: {} } },
    });
    const answer = told(await client().unary(`/${EXT_AUTHZ}/Check`, message, CALL));
    return answer.code === 0 ? 'allowed' : answer.headers['reeve-reason'];
  };
}
const CALL = { timeoutMs: 5_000, metadata: { 'workload.spiffe.io': 'true' } };

async function byOpa(caller: string, method: string, path: string) {
  const input = { caller: { spiffe_id: idOf(caller), proof: 'mtls' }, method, path };
  const response = await fetch(`${server.origin}/v1/data/reeve/authz/decision`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input: { ...input, service: 'shop/orders' } }),
  });
  const { result } = (await response.json()) as { result: { allow: boolean; message: string } };
  return result.allow ? 'allowed' : result.message;
}

const POINTS = { bySdk, byExtAuthz, byNetwork, byOpa };

describe('every enforcement point of a machine', () => {
  it('allows what is declared', async () => {
    for (const decide of Object.values(POINTS)) {
      expect(await decide('web', 'GET', '/orders/42')).toBe('allowed');
    }
  });

  it.each([
    ['web', 'POST', '/orders', 'declares calls of'],
    ['web', 'GET', '/orders/../admin', 'has a segment of one or two dots'],
    ['mail', 'GET', '/orders/42', 'No service is known by the identity'],
  ])('denies %s %s %s, and says the same', async (caller, method, path, words) => {
    const [sdk, envoyed, distantly, opa] = await Promise.all(
      Object.values(POINTS).map((decide) => decide(caller, method, path)),
    );
    expect(sdk).toContain(words);
    expect(envoyed).toMatch(/^[a-z-]+: /);
    expect(envoyed?.replace(/^[a-z-]+: /, '')).toBe(sdk);
    expect(distantly).toBe(envoyed);
    expect(opa).toBe(sdk);
  });

  it('obeys a declaration that has changed', async () => {
    writeFileSync(join(folder.path, 'web/reeve.yaml'), declaration('web', WRITES));
    await server.ask('/api/v1/scans', { method: 'POST' });
    await vi.waitFor(
      async () => {
        for (const decide of Object.values(POINTS)) {
          expect(await decide('web', 'POST', '/orders')).toBe('allowed');
        }
      },
      { timeout: 60_000, interval: 50 },
    );
  });

  it('refuses a blocked endpoint to everybody within two seconds', async () => {
    const decided = await server.ask('/api/v1/endpoints/decisions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        endpoints: ['test/shop/orders http GET /orders/{id}'],
        decision: { action: 'block' },
        reason: 'it leaks',
      }),
    });
    expect(decided.status).toBe(200);
    for (const decide of Object.values(POINTS)) {
      await vi.waitFor(
        async () => expect(await decide('web', 'GET', '/orders/42')).toContain('is blocked'),
        { timeout: LIVE_MS, interval: 10 },
      );
    }
  });
});

it('denials are kept for people to read, by whoever asked', async () => {
  await byExtAuthz('web', 'DELETE', '/orders/secret-value-17');
  const { totals, denied } = await server.get<{
    readonly totals: { readonly outcomes: Record<string, number> };
    readonly denied: readonly { readonly by: string; readonly operation: string }[];
  }>('/api/v1/policy/decisions');
  expect(totals.outcomes.denied).toBeGreaterThan(0);
  expect(new Set(denied.map(({ by }) => by))).toEqual(new Set(['ext-authz', 'opa']));
  expect(denied[0]).toMatchObject({ by: 'ext-authz', operation: 'DELETE /orders/{}' });
  expect(await (await server.ask('/metrics')).text()).toMatch(
    /reeve_checks_total\{outcome="denied",reason="operation-undeclared"\} [1-9]/,
  );
});

it('an Envoy is believed to be what its process is, and nothing else', async () => {
  const message = checkRequest({
    source: { principal: idOf('web') },
    request: { http: { method: 'GET', path: '/orders/42', headers: {} } },
    context_extensions: { 'reeve.service': 'test/shop/web' },
  });
  const { code, headers } = told(await envoy.unary(`/${EXT_AUTHZ}/Check`, message, CALL));
  expect([code, headers['reeve-reason']]).toEqual([
    7,
    expect.stringMatching(/^callee-contradicted: /),
  ]);
});

it('decisions of the SDK go on without the server', async () => {
  await server.close();
  expect(await bySdk('web', 'POST', '/orders')).toBe('allowed');
  expect(await bySdk('web', 'DELETE', '/orders')).toContain('declares calls of');
});
