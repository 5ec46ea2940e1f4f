import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployment } from './support/manifests.ts';
import { startTestServer, type TestServer, writeFolder } from './support/server.ts';

const DECLARATION = (name: string, calls: string) => `apiVersion: reeve.dev/v1
kind: Service
metadata: { name: ${name}, namespace: shop, owner: team-${name} }
spec:
  exposes: [{ operations: ["GET /${name}/{id}", "DELETE /${name}/{id}"] }]
  calls: [${calls}]
`;
const CALLS = '{ service: orders, operations: ["GET /orders/{id}", "DELETE /orders/{id}"] }';
const GUARDRAIL = `@id("no-deletes")
@reason("orders are kept")
forbid (principal, action, resource) when { resource.method == "DELETE" };`;

const id = (name: string) => `spiffe://reeve.local/ns/shop/sa/${name}`;
const input = (caller: string, method: string, path: string, service = 'shop/orders') => ({
  input: { caller: { spiffe_id: caller, proof: 'mtls' }, method, path, service },
});

let server: TestServer;
let folder: ReturnType<typeof writeFolder>;
beforeAll(async () => {
  folder = writeFolder({
    'orders/reeve.yaml': DECLARATION('orders', ''),
    'orders/k8s.yaml': deployment('orders'),
    'web/reeve.yaml': DECLARATION('web', CALLS),
    'web/k8s.yaml': deployment('web'),
    'guardrails/deletes.cedar': GUARDRAIL,
  });
  server = await startTestServer({ folders: [{ path: folder.path, name: 'repository' }] });
  await server.settle();
});
afterAll(async () => {
  await server.close();
  folder.remove();
});

/** Without a token: from this machine. */
async function data(path: string, body: unknown) {
  const response = await fetch(`${server.origin}/v1/data/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('the policy in force', () => {
  it('is said in numbers, without what is none of a caller’s business', async () => {
    const policy = await server.get('/api/v1/policy');
    expect(policy).toMatchObject({
      ...{ services: 2, endpoints: 4, grants: 2, guardrails: 1 },
      problems: [
        {
          severity: 'warning',
          file: 'web/reeve.yaml',
          message: expect.stringContaining('no-deletes'),
        },
      ],
    });
    const { status } = await fetch(`${server.origin}/api/v1/policy`);
    expect(status).toBe(401);
  });

  it('explains a call', async () => {
    const query = (operation: string) =>
      `/api/v1/policy/explain?${new URLSearchParams({ from: 'web', to: 'orders', operation })}`;
    expect(await server.get(query('GET /orders/42'))).toMatchObject({
      decision: { allowed: true, reason: 'declared', operation: 'GET /orders/{id}' },
    });
    expect(await server.get(query('DELETE /orders/42'))).toMatchObject({
      decision: { allowed: false, reason: 'guardrail-forbids', because: ['no-deletes'] },
      remedies: [{ step: expect.stringContaining('repository/guardrails/deletes.cedar:1') }],
    });
  });

  it('says that nothing is known of use where no traffic is reported', async () => {
    expect(await server.get('/api/v1/policy/suggestions?days=7')).toMatchObject({
      items: [],
      unseen: ['test/shop/orders'],
    });
  });
});

describe("OPA's data API", () => {
  it.each([
    ['GET', '/orders/42', true],
    ['DELETE', '/orders/42', false],
    ['POST', '/orders', false],
    ['GET', '/orders/../orders/42', false],
  ])('decides %s %s: %s', async (method, path, allowed) => {
    const answer = await data('reeve/authz/allow', input(id('web'), method, path));
    expect(answer).toMatchObject({ status: 200, body: { result: allowed } });
  });

  it('says why', async () => {
    const { body } = await data('reeve/authz/decision', input(id('web'), 'DELETE', '/orders/42'));
    expect(body.result).toMatchObject({
      ...{ allow: false, reason: 'guardrail-forbids', mode: 'enforce' },
      message: expect.stringContaining('orders are kept'),
    });
  });

  it('answers what is no question as an OPA does', async () => {
    expect(await data('other', {})).toMatchObject({
      status: 200,
      body: { decision_id: expect.any(String) },
    });
    expect((await data('reeve/authz/allow', [])).status).toBe(400);
    expect((await data('reeve/authz/allow', {})).body).toMatchObject({ result: false });
  });
});

it('the API describes what is asked, and what is answered', async () => {
  const { paths } = await server.get<{ paths: Record<string, Record<string, object>> }>(
    '/openapi.json',
  );
  expect(paths['/api/v1/policy/explain']?.get).toMatchObject({
    parameters: [
      { name: 'from', required: true },
      { name: 'to', required: true },
      { name: 'operation', required: true },
      { name: 'proof', required: false },
    ],
  });
  expect(paths['/v1/data/{path}']?.post).toMatchObject({
    security: [{}, { token: [] }, { session: [] }],
    responses: { 200: { content: { 'application/json': {} } } },
  });
  expect(paths['/v1/bundles/reeve']?.get).toMatchObject({
    responses: { 200: { content: { 'application/vnd.openpolicyagent.bundles': {} } } },
  });
});

describe('a page of another site', () => {
  it.each([
    [
      'asks for a decision',
      'POST',
      '/v1/data/reeve/authz/allow',
      { origin: 'http://evil.example' },
    ],
    ['shows an image', 'GET', '/v1/data/reeve/authz/allow', { 'sec-fetch-site': 'cross-site' }],
    ['is of another port', 'GET', '/v1/bundles/reeve', { 'sec-fetch-site': 'same-site' }],
  ])('is refused where it %s, though no token is needed', async (_, method, path, headers) => {
    const answer = await fetch(`${server.origin}${path}`, { method, headers });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'http/origin-forbidden' });
  });
});

describe('the bundle', () => {
  const url = () => `${server.origin}/v1/bundles/reeve`;

  it('is signed with the key that is told', async () => {
    const answer = await fetch(url());
    const unpack = extract();
    unpack.end(gunzipSync(Buffer.from(await answer.arrayBuffer())));
    const files = new Map<string, string>();
    for await (const entry of unpack) {
      files.set(entry.header.name.replace(/^\//, ''), await text(entry as unknown as Readable));
    }

    const key = createPublicKey(await (await fetch(`${url()}.pem`)).text());
    const [jwt = ''] = JSON.parse(files.get('.signatures.json') ?? '{}').signatures;
    const [head, body, signature] = jwt.split('.');
    const options = { key, dsaEncoding: 'ieee-p1363' } as const;
    expect(
      verify(
        'sha256',
        Buffer.from(`${head}.${body}`),
        options,
        Buffer.from(signature, 'base64url'),
      ),
    ).toBe(true);
    const signed = JSON.parse(Buffer.from(body, 'base64url').toString()).files as {
      name: string;
      hash: string;
    }[];
    const rego = signed.find(({ name }) => name.endsWith('.rego'));
    const hash = createHash('sha256')
      .update(files.get(rego?.name ?? '') ?? '')
      .digest('hex');
    expect(hash).toBe(rego?.hash);
    expect(answer.headers.get('content-type')).toBe('application/vnd.openpolicyagent.bundles');
  });

  it('is not sent again to who has it', async () => {
    const etag = (await fetch(url())).headers.get('etag') ?? '';
    const { status } = await fetch(url(), { headers: { 'if-none-match': etag } });
    expect(status).toBe(304);
  });
});

it('a blocked endpoint is denied to everybody, at once', async () => {
  const endpoint = 'test/shop/orders http GET /orders/{id}';
  const decided = await server.ask('/api/v1/endpoints/decisions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      endpoints: [endpoint],
      decision: { action: 'block' },
      reason: 'it leaks',
    }),
  });
  expect(decided.status).toBe(200);
  const { body } = await data('reeve/authz/decision', input(id('web'), 'GET', '/orders/42'));
  expect(body.result).toMatchObject({ allow: false, reason: 'endpoint-blocked' });
});
