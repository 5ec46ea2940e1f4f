import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type TestPostgres } from '../../src/estate/store/testing/postgres.ts';
import { startTestServer, type TestServer, writeFolder } from '../support/server.ts';
import { estate, eventually, ordinary, PAYMENTS, send, theft } from '../support/small-shop.ts';

/** Answers each request with the next status, and the last one from then on; 0: never. */
class Hook {
  readonly bodies: string[] = [];
  readonly #server: Server;

  constructor(statuses: readonly number[]) {
    let asked = 0;
    this.#server = createServer(async (request, response) => {
      const status = statuses[Math.min(asked++, statuses.length - 1)] ?? 200;
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      if (status === 0) return;
      if (status < 300) this.bodies.push(Buffer.concat(chunks).toString());
      response.writeHead(status).end();
    });
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe('an attack while targets fail and the store is away', () => {
  const folder = writeFolder(estate);
  const urlFile = join(tmpdir(), `reeve-notices-${process.pid}`);
  const hooks = {
    good: new Hook([200]),
    failing: new Hook([500, 503, 200]),
    hanging: new Hook([0]),
  };
  const datagrams: string[] = [];
  let syslog: Socket;
  let postgres: TestPostgres;
  let server: TestServer;

  beforeAll(async () => {
    syslog = createSocket('udp4', (message) => datagrams.push(String(message))).bind(
      0,
      '127.0.0.1',
    );
    await once(syslog, 'listening');
    postgres = await startPostgres();
    writeFileSync(urlFile, await postgres.createDatabase(), { mode: 0o600 });
    const hook = async (name: keyof typeof hooks) => ({
      ...{ kind: 'webhook', name, url: await hooks[name].start(), timeoutSeconds: 2 },
    });
    server = await startTestServer({
      folders: [{ path: folder.path, name: 'estate' }],
      store: {
        ...{ kind: 'postgres', urlFile, poolSize: 4, connectSeconds: 2, statementSeconds: 10 },
        ...{ retrySeconds: 0, tls: { mode: 'auto' } },
      },
      tracing: {
        notify: {
          targets: [
            await hook('good'),
            await hook('failing'),
            await hook('hanging'),
            {
              kind: 'syslog',
              name: 'siem',
              host: '127.0.0.1',
              port: syslog.address().port,
              protocol: 'udp',
            },
          ],
        },
      },
    });
    await server.settle();
  }, 120_000);
  afterAll(async () => {
    for (const hook of Object.values(hooks)) hook.close();
    syslog.close();
    await server?.close();
    await postgres?.close();
    folder.remove();
    rmSync(urlFile, { force: true });
  });

  const incidents = () =>
    server.get<{ items: readonly { path: readonly string[] }[] }>('/api/v1/incidents');
  const graph = () => server.get<{ edgeCount: number }>('/api/v1/graph');

  it('is an incident when the store is back, and told to each target that answers', async () => {
    await send(server.otlpOrigin, ordinary(Date.now()));
    await eventually(graph, ({ edgeCount }) => edgeCount >= 2);
    await postgres.stop('fast');
    await send(server.otlpOrigin, theft(Date.now()));
    const waits = () => server.logged().includes('An alert could not be kept as an incident');
    expect(await eventually(async () => waits(), Boolean)).toBe(true);
    await postgres.start();
    const isWhole = ({ items }: Awaited<ReturnType<typeof incidents>>) =>
      items?.[0]?.path.includes(PAYMENTS) ?? false;
    // what was told first is kept first; the alert has grown meanwhile
    expect(isWhole(await eventually(incidents, isWhole))).toBe(true);
    const told = () =>
      [hooks.good.bodies, hooks.failing.bodies, datagrams].map((all) => all.length > 0);
    await eventually(
      async () => told(),
      (all) => all.every(Boolean),
      60_000,
    );
    expect(told()).toEqual([true, true, true]);
    for (const text of [...hooks.good.bodies, ...hooks.failing.bodies, ...datagrams]) {
      expect(text).toContain('payments');
    }
    expect(hooks.hanging.bodies).toEqual([]);
    const { targets } = await server.get<{ targets: object[] }>('/api/v1/tracing');
    expect(JSON.stringify(targets)).toContain('hanging');
    expect(JSON.stringify(targets)).not.toContain('/hook');
  }, 120_000);
});
