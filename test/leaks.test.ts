import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecretsConfig } from '../src/server/secrets/config.ts';
import { startTestServer, type TestServer, writeFolder } from './support/server.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keys = {
  public_keys: [
    {
      key_identifier: 'k1',
      key: publicKey.export({ type: 'spki', format: 'pem' }),
      is_current: true,
    },
  ],
};
const lyingAbout = randomUUID();
const folder = writeFolder({
  'orders/reeve.yaml': `apiVersion: reeve.dev/v1
kind: Service
metadata: {name: orders, namespace: shop, owner: team-orders}
`,
  'orders/deploy.yaml': `apiVersion: v1
kind: Secret
metadata: {name: orders-db, namespace: shop}
stringData:
  password: "${lyingAbout}"
`,
});
const files = mkdtempSync(join(tmpdir(), 'reeve-leaks-'));
const githubKeysFile = join(files, 'keys.json');
writeFileSync(githubKeysFile, JSON.stringify(keys));

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    folders: [{ path: folder.path, name: 'repository', environment: 'production' }],
    secrets: SecretsConfig.parse({ githubKeysFile }),
  });
  await server.settle();
});
afterAll(async () => {
  await server.close();
  folder.remove();
  rmSync(files, { recursive: true });
});

interface Seen {
  readonly id: string;
  readonly isContained: boolean;
  readonly items: readonly {
    readonly kind: string;
    readonly subject: string;
    readonly state: string;
  }[];
  readonly timeline: readonly { readonly action: string }[];
}

async function post<Answer>(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await server.ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Answer };
}
const seen = async (id: string): Promise<Seen> =>
  (await (await server.ask(`/api/v1/leaks/${id}`)).json()) as Seen;

/** A secret without a plan. @returns its value */
async function secretOf(name: string): Promise<string> {
  const value = randomUUID();
  const made = await post('/api/v1/secrets', {
    ...{ service: 'production/shop/orders', name, kind: 'password', value: { value } },
    reason: 'a test',
  });
  expect(made.status).toBe(201);
  return value;
}

describe('a report of a leak', () => {
  it('finds the secret, and stays open until a person has seen to it', async () => {
    const value = await secretOf('by-value');
    const { status, body } = await post<{ leak: Seen }>('/api/v1/leaks', {
      value,
      reason: 'paste',
    });
    expect(status).toBe(202);
    expect(body.leak.items).toMatchObject([
      { kind: 'secret', subject: 'production/shop/orders/by-value', state: 'waits' },
    ]);
    const done = { subject: 'production/shop/orders/by-value', reason: 'revoked by hand' };
    expect((await post(`/api/v1/leaks/${body.leak.id}/done`, done)).status).toBe(409);
    const path = `/api/v1/secrets/${encodeURIComponent(done.subject)}/versions`;
    await post(path, { value: { value: randomUUID() }, reason: 'made by hand' });
    await post(`/api/v1/leaks/${body.leak.id}/done`, done);
    const after = await seen(body.leak.id);
    expect(after.isContained).toBe(true);
    expect(after.timeline.map(({ action }) => action)).toEqual([
      'leak.report',
      'secret.leak',
      'secret.put',
      'secret.revoked',
      'leak.done',
    ]);
  });

  it('finds what a scan has found, by value and by fingerprint', async () => {
    const { items } = (await (await server.ask('/api/v1/credentials')).json()) as {
      readonly items: readonly { readonly id: string; readonly fingerprint: string }[];
    };
    const [credential] = items;
    const byValue = await post<{ leak: Seen }>('/api/v1/leaks', { value: lyingAbout });
    const { fingerprint } = credential ?? {};
    const byPrint = await post<{ leak: Seen }>('/api/v1/leaks', { fingerprint });
    expect(byValue.body.leak.items).toMatchObject([{ kind: 'found', subject: credential?.id }]);
    expect(byPrint.body.leak.id).toBe(byValue.body.leak.id);
  });

  it('ends the token of a person at once', async () => {
    const added = await post<{ token: string }>('/api/v1/people', {
      ...{ name: 'bot', roles: ['viewer'], reason: 'a test' },
    });
    const headers = { authorization: `Bearer ${added.body.token}` };
    expect((await server.ask('/api/v1/leaks', { headers })).status).toBe(200);
    const { body } = await post<{ leak: Seen }>('/api/v1/leaks', { value: added.body.token });
    expect(body.leak.isContained).toBe(true);
    expect((await server.ask('/api/v1/leaks', { headers })).status).toBe(401);
  });

  it('is not taken by fingerprint from those who are bound to a team', async () => {
    const added = await post<{ token: string }>('/api/v1/people', {
      ...{ name: 'team-bot', roles: ['secret-operator'], teams: ['team-web'], reason: 'a test' },
    });
    const headers = { authorization: `Bearer ${added.body.token}` };
    const print = await post('/api/v1/leaks', { fingerprint: 'a'.repeat(32) }, headers);
    const value = await post('/api/v1/leaks', { value: await secretOf('of-team') }, headers);
    expect([print.status, value.status]).toEqual([403, 202]);
  });

  it.each([[{}], [{ value: 'a', fingerprint: 'b' }], [{ value: '' }], [{ fingerprint: 'zz' }]])(
    '%j is refused',
    async (body) => {
      expect((await post('/api/v1/leaks', body)).status).toBe(400);
    },
  );
});

describe('a report of GitHub', () => {
  const report = (body: string, signature: string, keyId = 'k1') =>
    post<readonly { label: string }[]>('/api/v1/leaks/github', body, {
      authorization: '',
      'github-public-key-identifier': keyId,
      'github-public-key-signature': signature,
    });
  const signed = (body: string) => sign('sha256', Buffer.from(body), privateKey).toString('base64');

  it('is answered with what is ours, and begins the response', async () => {
    const value = await secretOf('by-github');
    const url = 'https://github.com/octocat/hello/blob/main/a.txt';
    const body = JSON.stringify([
      { token: value, type: 'reeve', url, source: 'content' },
      { token: randomUUID(), type: 'reeve', url, source: 'content' },
    ]);
    const answer = await report(body, signed(body));
    expect([answer.status, answer.body.map(({ label }) => label)]).toEqual([
      200,
      ['true_positive', 'false_positive'],
    ]);
    const { items } = (await (await server.ask('/api/v1/leaks')).json()) as { items: Seen[] };
    expect(items.flatMap((leak) => leak.items)).toContainEqual(
      expect.objectContaining({ subject: 'production/shop/orders/by-github' }),
    );
  });

  it('is refused where it is not signed, or is edited', async () => {
    const body = JSON.stringify([{ token: 'x', type: 'y', url: '' }]);
    expect((await report(body, signed(`${body} `))).status).toBe(401);
    expect((await report(body, signed(body), 'k2')).status).toBe(401);
    expect((await report('{}', signed('{}'))).status).toBe(400);
  });
});
