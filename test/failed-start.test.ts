import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../src/base/log.ts';
import { ServerConfig } from '../src/server/config.ts';
import { startServer } from '../src/server/main.ts';
import { openConfiguredStore } from '../src/server/store.ts';

/** Takes connections, and never says a word. */
const silent = createServer();
let taken: number;
beforeAll(async () => {
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  taken = (silent.address() as AddressInfo).port;
});
afterAll(() => void silent.close());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-start-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Settings {
  readonly [part: string]: object;
}

/** `reeve up`, with free ports but those that are said. */
function up(settings: Settings) {
  const file = join(folder, 'reeve-server.json');
  const ports = { http: { port: 0 }, otlp: { httpPort: 0, grpcPort: 0 }, envoy: { port: 0 } };
  writeFileSync(file, JSON.stringify({ data: join(folder, 'data'), ...ports, ...settings }));
  const child = spawn('bin/reeve', ['up', '--config', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += String(text);
  });
  const end = once(child, 'close').then(([status, signal]) => ({ status, signal, stderr }));
  return { child, end };
}

describe('reeve up', () => {
  it.each<[string, (port: number) => Settings]>([
    ['http.port', (port) => ({ http: { port } })],
    ['otlp.grpcPort', (port) => ({ otlp: { httpPort: 0, grpcPort: port } })],
    ['secrets.access.port', (port) => ({ secrets: { access: { enabled: true, port } } })],
  ])(
    'ends with what to do where the port of %s is taken',
    async (setting, settings) => {
      const { status, stderr } = await up(settings(taken)).end;
      expect(stderr).toContain(`reeve: 127.0.0.1:${taken} is taken by another program`);
      expect(stderr).toContain(`set \`${setting}\` to another port`);
      expect(status).toBe(2);
    },
    60_000,
  );

  it('ends at the first signal while its start waits for a database', async () => {
    const urlFile = join(folder, 'url');
    writeFileSync(urlFile, `postgres://reeve@127.0.0.1:${taken}/reeve`, { mode: 0o600 });
    const asked = once(silent, 'connection');
    const { child, end } = up({ store: { kind: 'postgres', urlFile } });
    await asked;
    child.kill('SIGTERM');
    const { status, signal, stderr } = await end;
    expect({ status, signal }).toEqual({ status: 0, signal: null });
    expect(stderr).toContain('Ended before it had started.');
  }, 60_000);
});

it('a server whose key is not there says that its vault is sealed, and what tells why', async () => {
  const kek = { kind: 'variable', variable: 'REEVE_NO_SUCH_KEY' };
  const { child, end } = up({ secrets: { kek, access: { enabled: true, port: 0 } } });
  let greeted = '';
  for await (const text of child.stdout) {
    greeted += String(text);
    if (greeted.includes('Ctrl-C')) child.kill('SIGTERM');
  }
  expect(greeted).toMatch(/^Vault +sealed: `reeve secret vault status` says why$/m);
  expect(greeted).toMatch(/^Secrets +https:\/\/127\.0\.0\.1:\d+, for workloads/m);
  expect(await end).toMatchObject({ status: 0, signal: null });
}, 60_000);

it('a start that fails says why, though what it had opened cannot be closed', async () => {
  const config = ServerConfig.parse({
    data: join(folder, 'data'),
    http: { port: taken },
    otlp: { httpPort: 0, grpcPort: 0 },
    envoy: { port: 0 },
  });
  const closing: (() => Promise<void>)[] = [];
  const start = startServer(config, {
    log: createLog('silent'),
    openStore: async (...given) => {
      const store = await openConfiguredStore(...given);
      closing.push(store.close.bind(store));
      return Object.assign(store, { close: () => new Promise<void>(() => undefined) });
    },
  });
  await expect(start).rejects.toMatchObject({ code: 'server/port-unavailable' });
  for (const close of closing) await close();
}, 60_000);
