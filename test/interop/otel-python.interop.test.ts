import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call, Endpoint } from '../../src/estate/index.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { isMissing, pythonEnvironment } from './support/tools.ts';

const PROGRAM = join(import.meta.dirname, 'support', 'export_spans.py');
const COUNT = 3_000;

const peer = pythonEnvironment('opentelemetry', ['opentelemetry-exporter-otlp==1.45.2']);

describe.skipIf(isMissing('OpenTelemetry for Python', peer))('OpenTelemetry for Python', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server?.close());

  /** Runs the program; what it wrote, where it failed. */
  async function run(...words: readonly string[]): Promise<string | undefined> {
    const python = join(peer.path ?? '', 'bin', 'python');
    const child = spawn(python, [PROGRAM, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    const [status] = await once(child, 'exit');
    // The exporters write a line for each batch that they cannot send, and go on.
    return status === 0 && !/error|warn/i.test(said) ? undefined : said;
  }

  async function list<Item>(path: string): Promise<readonly Item[]> {
    return (await server.get<{ items: readonly Item[] }>(`/api/v1/${path}?limit=200`)).items;
  }

  it.each([
    ['grpc', () => `http://${server.otlpGrpcAddress}`],
    ['http', () => `${server.otlpOrigin}/v1/traces`],
  ])('shows endpoints and calls by %s with gzip', async (protocol, endpoint) => {
    expect(await run(protocol, endpoint(), String(COUNT), protocol)).toBeUndefined();
    await server.settle();
    const service = `test/shop/orders-${protocol}`;
    const endpoints = (await list<Endpoint>('endpoints')).filter((one) => one.service === service);
    expect(endpoints).toMatchObject([{ method: 'GET', template: '/orders/{id}', observed: true }]);
    expect(endpoints[0]?.traffic).toMatchObject({
      requests: COUNT,
      statuses: { 200: COUNT - 1, 500: 1 },
    });
    const calls = (await list<Call>('calls')).filter(({ to }) => to === service);
    expect(calls).toMatchObject([{ from: `test/shop/web-${protocol}` }]);
  });
});
