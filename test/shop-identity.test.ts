import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { executablesOf } from '../examples/shop/executables.ts';
import { identitiesFor } from '../scripts/example.ts';
import type { AuditEntry } from '../src/estate/index.ts';
import { IdentityConfig } from '../src/server/identity/config.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { Askers } from './support/svid-asker.ts';

const NOBODY = 65_534;
const isRoot = process.geteuid?.() === 0;
const uid = process.geteuid?.() ?? 0;
const ORDERS = fileURLToPath(new URL('../examples/shop/orders/server.ts', import.meta.url));
const DENIED = 7;

/** Reeve, with an identity for the executable of the shop's orders. */
describe.runIf(process.platform === 'linux')('the identity of a service', () => {
  let folder: string;
  let socket: string;
  let executable: string;
  let server: TestServer;
  const askers = new Askers();
  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'reeve-shop-')));
    chmodSync(folder, 0o755);
    socket = join(folder, 'workload.sock');
    const identity = IdentityConfig.parse({ workloadApi: { socket } });
    server = await startTestServer({ identity });
    executable = executablesOf(['orders'], join(folder, 'shop')).get('orders') ?? '';
    await identitiesFor(server, folder, 'test')?.register({
      service: 'orders',
      owner: 'team-orders',
      selectors: [`unix:uid:${uid}`, `unix:path:${executable}`],
    });
  });
  afterEach(() => askers.close());
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the log and the audit log say of a workload that got nothing. */
  async function refusalsOf(who: string): Promise<readonly string[]> {
    const { items } = await server.get<{ items: AuditEntry[] }>(
      '/api/v1/audit?action=identity.refuse&limit=100',
    );
    const audited = items
      .filter(({ subject }) => subject.includes(who))
      .map(({ detail }) => String((detail as { why?: unknown }).why));
    const logged = server
      .logged()
      .split('\n')
      .filter((line) => line.includes('no identity for a workload'))
      .map((line) => JSON.parse(line) as { who: string; why: string })
      .filter((line) => line.who.includes(who));
    expect(logged.map(({ why }) => why)).toEqual(audited.toReversed());
    return audited;
  }

  it('is given to its executable, run by its user', async () => {
    expect(await askers.ask({ executable, socket })).toMatchObject({ answer: 'given' });
    expect(await refusalsOf(executable)).toEqual([]);
  });

  it('is not given to a service that was moved, and the log says why', async () => {
    const moved = join(folder, 'moved');
    copyFileSync(executable, moved);
    const lacks = `lacks unix:path:${executable} (has unix:path:${moved})`;
    const { answer } = await askers.ask({ executable: moved, socket });
    expect(answer).toContain(`${DENIED} `);
    expect(answer).toContain(lacks);
    await expect.poll(() => refusalsOf(moved)).toEqual([expect.stringContaining(lacks)]);
  });

  it.runIf(isRoot)(
    'is not given to a service that another user runs, and the log says why',
    async () => {
      const { answer } = await askers.ask({ executable, socket, uid: NOBODY });
      const lacks = `lacks unix:uid:${uid} (has unix:uid:${NOBODY})`;
      expect(answer).toContain(`${DENIED} `);
      expect(answer).toContain(lacks);
      const who = `unix:path:${executable}, unix:uid:${NOBODY}`;
      await expect.poll(() => refusalsOf(who)).toEqual([expect.stringContaining(lacks)]);
    },
  );

  it('is not given over the connection of a service that was killed, and the log says why', async () => {
    const { answer, killedPid } = await askers.askForOneThatIsKilled({ executable, socket });
    const ended = `the workload (pid ${killedPid}) has ended`;
    expect(answer).toContain(`${DENIED} `);
    expect(answer).toContain(ended);
    // All that is known of a process that is no more is its user.
    await expect
      .poll(() => refusalsOf(`uid ${uid}`))
      .toEqual(expect.arrayContaining([expect.stringContaining(ended)]));
  });

  it('is kept fresh no longer than its service lives', async () => {
    const workloads = async (): Promise<number> => {
      const text = await (await server.ask('/metrics')).text();
      return Number(/^reeve_identity_held\{what="workloads"\} (\d+)$/m.exec(text)?.[1] ?? -1);
    };
    await expect.poll(workloads).toBe(0);
    const { pid } = await askers.ask({ executable, socket });
    expect(await workloads()).toBe(1);
    process.kill(pid, 'SIGKILL');
    await expect.poll(workloads).toBe(0);
  });

  it('is missed by a service of the shop that was moved: it does not start, and says why', async () => {
    const moved = join(folder, 'moved-orders');
    copyFileSync(executable, moved);
    const child = spawn(moved, ['--disable-warning=ExperimentalWarning', ORDERS], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PORT: '0',
        OTEL_SERVICE_NAME: 'orders',
        SPIFFE_ENDPOINT_SOCKET: `unix://${socket}`,
        IDENTITY_WITHIN_MS: '3000',
      },
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const [status] = await once(child, 'close');
    expect(status).not.toBe(0);
    expect(said).toContain(`lacks unix:path:${executable}`);
  });
});
