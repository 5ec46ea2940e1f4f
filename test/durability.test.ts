import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type TestPostgres } from '../src/estate/store/testing/postgres.ts';
import { type SpanFields, toJsonRequest } from '../src/sources/otlp/testing/encode.ts';
import { ServerProcess } from './support/process.ts';
import { startTestServer, type TestServer } from './support/server.ts';

function request(service: string, ...spans: SpanFields[]): object {
  return toJsonRequest([
    { resource: { 'service.name': service, 'service.namespace': 'shop' }, spans },
  ]);
}

const idOf = (number: number, length: number) => (number + 1).toString(16).padStart(length, '0');

function served(number: number, route = `/r${number}`): SpanFields {
  return {
    traceId: idOf(number, 32),
    spanId: `f${idOf(number, 15)}`,
    parentSpanId: idOf(number, 16),
    kind: 2,
    attributes: { 'http.request.method': 'GET', 'http.route': route },
  };
}

const called = (number: number): SpanFields => ({
  traceId: idOf(number, 32),
  spanId: idOf(number, 16),
  kind: 3,
});

describe('a server that is killed', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.create();
  });
  afterAll(async () => {
    await server.kill();
    server.remove();
  });

  it('has lost nothing that it acknowledged, whenever that was', async () => {
    for (let round = 0; round < 3; round++) {
      await server.start();
      const response = await server.export(request('orders', served(round)));
      expect(response.status).toBe(200);
      await server.kill();
    }
    await server.start();
    for (let round = 0; round < 3; round++) {
      const id = `test/shop/orders http GET /r${round}`;
      expect(await server.item('endpoints', id)).toMatchObject({ observed: true });
    }
    await server.kill();
  });

  it('still pairs a call whose one side it acknowledged before', async () => {
    await server.start();
    expect((await server.export(request('web', called(7)))).status).toBe(200);
    await server.kill();
    await server.start();
    expect((await server.export(request('orders', served(7)))).status).toBe(200);
    const call = await server.item('calls', 'test/shop/web -> test/shop/orders GET /r7');
    expect(call).toMatchObject({ observed: true, authentication: 'unknown' });
    await server.kill();
  });

  it('ends in order when it is asked to', async () => {
    await server.start();
    expect(await server.stop()).toBe(0);
  });
});

describe('a server whose PostgreSQL is stopped', () => {
  let postgres: TestPostgres;
  let server: TestServer;
  const urlFile = join(tmpdir(), `reeve-postgres-url-${process.pid}`);
  beforeAll(async () => {
    postgres = await startPostgres();
    writeFileSync(urlFile, await postgres.createDatabase(), { mode: 0o600 });
    server = await startTestServer({
      store: {
        kind: 'postgres',
        urlFile,
        poolSize: 4,
        connectSeconds: 2,
        statementSeconds: 10,
        retrySeconds: 0,
        tls: { mode: 'auto' },
      },
    });
    await server.settle();
  });
  afterAll(async () => {
    await server?.close();
    await postgres?.close();
    rmSync(urlFile, { force: true });
  });

  const post = (number: number) =>
    fetch(`${server.otlpOrigin}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request('orders', served(number))),
    });

  it('keeps what traffic brings until it is back, and answers 503 to everything else', async () => {
    expect((await post(1)).status).toBe(200);
    await postgres.stop('fast');
    expect((await post(1)).status).toBe(200);
    expect((await post(2)).status).toBe(200);
    for (const response of [
      await server.ask('/api/v1/endpoints'),
      await fetch(`${server.origin}/readyz`),
    ]) {
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('5');
    }
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200);
    await postgres.start();
    expect((await fetch(`${server.origin}/readyz`)).status).toBe(200);
    await expect.poll(() => endpoints()).toEqual(['/r1', '/r2']);
  });

  async function endpoints(): Promise<string[]> {
    const { items } = await server.get<{ items: { template: string }[] }>('/api/v1/endpoints');
    return items.map(({ template }) => template);
  }
});
