import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Credential, Finding } from '../src/estate/index.ts';
import { startTestServer, type TestServer, writeFolder } from './support/server.ts';

const ORDERS = 'production/shop/orders';
const folder = writeFolder({
  'orders/reeve.yaml': `apiVersion: reeve.dev/v1
kind: Service
metadata: {name: orders, namespace: shop, owner: team-orders}
`,
  'tools/config.yaml': 'log: debug\n',
});

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    folders: [{ path: folder.path, name: 'repository', environment: 'production' }],
  });
  await server.settle();
});
afterAll(async () => {
  await server?.close();
  folder.remove();
});

async function post<Answer>(path: string, body: object): Promise<Answer> {
  const response = await server.ask(`/api/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.ok, await response.clone().text()).toBe(true);
  return (await response.json()) as Answer;
}

async function credentials(): Promise<readonly Credential[]> {
  await server.settle();
  return (await server.get<{ items: readonly Credential[] }>('/api/v1/credentials')).items;
}

async function findings(subject: string): Promise<readonly string[]> {
  const path = `/api/v1/findings?subject=${encodeURIComponent(subject)}`;
  const { items } = await server.get<{ items: readonly Finding[] }>(path);
  return items.map(({ severity, control }) => `${severity} ${control}`).sort();
}

describe('the text of an API key that lies in a file', () => {
  it('is a credential in plain text until the key is revoked, and then an old value', async () => {
    const issued = await post<{ text: string; key: { id: string } }>('api-keys', {
      ...{ service: ORDERS, owner: null, environments: ['production'], expiresAt: null },
      scopes: [{ service: ORDERS, operations: ['GET /orders'] }],
      reason: 'for the job that reports',
    });
    writeFileSync(join(folder.path, 'tools/config.yaml'), `api_key: ${issued.text}\n`);
    await post('scans', {});
    const [open, ...others] = await credentials();
    expect(others).toEqual([]);
    expect(open).toMatchObject({
      ...{ name: `API key ${issued.key.id}`, service: ORDERS, owner: 'team-orders' },
      locations: [{ file: 'tools/config.yaml' }],
    });
    expect(await findings(open?.id ?? '')).toContain('high secrets/plain-text');
    await post(`api-keys/${issued.key.id}/revoke`, { reason: 'it lay about' });
    const [old, ...more] = await credentials();
    expect(more).toEqual([]);
    expect(old).toMatchObject({ name: 'api_key', problems: ['old-value'] });
    expect(old?.evidence['old-value']).toMatch(/^it was revoked on \d{4}-\d\d-\d\d$/);
    expect(await findings(old?.id ?? '')).toEqual(['info secrets/old-value']);
  });
});

describe('a credential that lies in a file of nobody', () => {
  it('belongs to whom a person names, also where a scan finds its value again', async () => {
    const value = `postgres://reporter:${crypto.randomUUID()}@db.internal/reports`;
    writeFileSync(join(folder.path, 'tools/config.yaml'), `url: ${value}\n`);
    await post('scans', {});
    const [found] = await credentials();
    expect(found).toMatchObject({ owner: null, problems: expect.arrayContaining(['unowned']) });
    const path = `credentials/${encodeURIComponent(found?.id ?? '')}/owner`;
    await post(path, { owner: 'team-data', reason: 'their reports' });
    expect(await findings(found?.id ?? '')).not.toContain('medium secrets/unowned');
    // another line, and another place beside it
    writeFileSync(join(folder.path, 'tools/config.yaml'), `# moved\n\nurl: ${value}\n`);
    writeFileSync(join(folder.path, 'tools/other.yaml'), `url: ${value}\n`);
    await post('scans', {});
    const [again, ...others] = await credentials();
    expect(others).toEqual([]);
    expect(again).toMatchObject({
      ...{ owner: 'team-data', ownerBecause: expect.stringMatching(/^assigned by admin on /) },
      locations: [{ line: 3 }, { line: 1 }],
    });
  });
});
