import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { keptSource, verifyLog } from '../../../audit/log/index.ts';
import { openStore } from '../../../estate/store/index.ts';
import { openAuditKey } from '../../audit/audit.ts';
import { AuditConfig } from '../../audit/config.ts';
import type { ChildReady } from './testing/child.ts';
import { ORDERS } from './testing/world.ts';

const CHILD = fileURLToPath(new URL('./testing/child.ts', import.meta.url));
const SECRETS = 60;
/** Values that are on their way when it is killed. */
const AFTER = 20;

/** Reads every secret once, many at a time; gives the names of those whose values came. */
async function readAll({ port, cert, key }: ChildReady): Promise<string[]> {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 16,
    cert,
    key,
    rejectUnauthorized: false,
  });
  const given: string[] = [];
  const read = (name: string) =>
    new Promise<void>((resolve) => {
      const path = `/v1/secrets/${name}`;
      const asked = get({ agent, host: '127.0.0.1', port, path }, (response) => {
        let text = '';
        response.on('data', (part) => (text += part));
        response.on('error', () => resolve());
        response.on('end', () => {
          // what was cut off is none that was given whole
          if (text.endsWith('}') && JSON.parse(text).value?.value === name) given.push(name);
          resolve();
        });
      });
      asked.on('error', () => resolve());
    });
  await Promise.all(Array.from({ length: SECRETS }, (_, at) => read(`s-${at}`)));
  agent.destroy();
  return given;
}

it('of a server that is killed with values on their way, each that it gave stands in the log', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-kill-'));
  const args = ['--disable-warning=ExperimentalWarning', CHILD, folder, `${SECRETS}`, `${AFTER}`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const [ready] = (await once(child, 'message')) as [ChildReady];
  const ended = once(child, 'exit');
  const given = await readAll(ready);
  await ended;
  const key = openAuditKey(AuditConfig.parse({}), folder, 'example.org', Date.now);
  const store = await openStore({ kind: 'sqlite', folder }, key.seal);
  try {
    const { problems } = await verifyLog(await keptSource(store), [], [key.key]);
    expect(problems).toEqual([]);
    const { items } = await store.audit({ limit: 1_000, action: 'secret.read' });
    const logged = new Set(items.map(({ subject }) => subject));
    expect(given.length).toBeGreaterThan(0);
    expect(given.length).toBeLessThan(SECRETS);
    expect(given.filter((name) => !logged.has(`${ORDERS}/${name}`))).toEqual([]);
  } finally {
    await store.close();
  }
}, 60_000);
