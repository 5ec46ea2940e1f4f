import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signCheckpoint } from '../src/audit/checkpoint/index.ts';
import { openKeyFile } from '../src/audit/index.ts';
import { Frontier, leafHash } from '../src/base/merkle/index.ts';
import type { LogState } from '../src/cli/audit/log.ts';
import { AuditConfig } from '../src/server/audit/config.ts';
import { startTestServer, type TestServer } from './support/server.ts';

const PATIENCE_MS = 30_000;
const root = mkdtempSync(join(tmpdir(), 'reeve-audit-log-'));
const data = join(root, 'data');
let witness: Awaited<ReturnType<typeof startWitness>>;
let logKey = '';

const start = (witnesses: readonly object[] = []) =>
  startTestServer({ data, audit: AuditConfig.parse({ witnesses, witnessSeconds: 1 }) });

/** `reeve witness` in a process of its own. */
async function startWitness() {
  const args = ['--log', logKey, '--data', join(root, 'witness'), '--listen', '127.0.0.1:0'];
  const child: ChildProcess = spawn('bin/reeve', ['witness', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout ?? []) {
    said += chunk;
    if (said.includes('Ctrl-C')) break;
  }
  const [, url = ''] = /url: (\S+)/.exec(said) ?? [];
  const [, key = ''] = /key: (\S+)/.exec(said) ?? [];
  return { config: { url, key }, child };
}

const stateOf = (server: TestServer) => server.get<LogState>('/api/v1/audit/log');

/** What the API says of the log, once it is so. */
async function until(server: TestServer, isSo: (state: LogState) => boolean): Promise<LogState> {
  const deadline = Date.now() + PATIENCE_MS;
  let state = await stateOf(server);
  while (!isSo(state) && Date.now() < deadline) {
    await sleep(50);
    state = await stateOf(server);
  }
  expect(isSo(state)).toBe(true);
  return state;
}

const isWitnessed = ({ size, witnesses: [one] }: LogState): boolean =>
  one?.size === size && one.problem === null;

/** Something that the log tells of. */
async function change(server: TestServer): Promise<void> {
  const response = await server.ask('/api/v1/identity/authorities/x509/rotate', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'a test' }),
  });
  expect(response.status).toBeLessThan(300);
  await response.body?.cancel();
}

const reeve = (...args: readonly string[]) =>
  new Promise<{ status: number; output: string }>((resolve) => {
    execFile('bin/reeve', args, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });

/** Somebody with the database and the key of the log changes an entry, and signs anew. */
function rewrite(): void {
  const { signer } = openKeyFile(join(data, 'audit-signing.key'), 'reeve.local/audit', 'log');
  const database = new DatabaseSync(join(data, 'estate.db'));
  database.exec(`update audit set body = replace(body, '"actor":"reeve"', '"actor":"nobody"'),
    actor = replace(actor, 'reeve', 'nobody') where sequence = 1`);
  const frontier = Frontier.empty();
  for (const { body } of database.prepare('select body from audit order by sequence').all()) {
    frontier.append(leafHash(String(body)));
  }
  const { size } = frontier;
  const hash = frontier.root();
  database
    .prepare('update audit_head set root = ?, edge = ?, checkpoint = ?')
    .run(
      hash.toString('base64'),
      frontier.toText(),
      signCheckpoint({ size, root: hash }, signer, Date.now()),
    );
  database.close();
}

beforeAll(async () => {
  const server = await start();
  logKey = (await stateOf(server)).key;
  await server.close();
  witness = await startWitness();
});
afterAll(async () => {
  if (witness?.child.exitCode === null) {
    const ended = once(witness.child, 'exit');
    witness.child.kill('SIGTERM');
    await ended;
  }
  rmSync(root, { recursive: true, force: true });
});

describe('the audit log of a server', () => {
  it('is signed by a witness in another process as it grows, and found out when it is rewritten', async () => {
    const server = await start([witness.config]);
    const before = await until(server, isWitnessed);
    await change(server);
    const after = await until(server, (state) => state.size > before.size && isWitnessed(state));
    const checkpoint = join(root, 'witness.checkpoint');
    writeFileSync(checkpoint, after.witnesses[0]?.checkpoint ?? '');
    const kept = ['--kept', checkpoint, '--key', witness.config.key];
    expect(await reeve('audit', 'verify', '--data', data, ...kept)).toMatchObject({ status: 0 });
    await server.close();

    rewrite();
    expect(await reeve('audit', 'verify', '--data', data)).toMatchObject({ status: 0 });
    const { status, output } = await reeve('audit', 'verify', '--data', data, ...kept);
    expect(status).toBe(1);
    expect(output).toContain(`The first ${after.size} entries are not those that`);

    const restarted = await start([witness.config]);
    const state = await until(restarted, ({ witnesses: [one] }) => one?.problem !== null);
    expect(state.witnesses[0]?.problem).toContain('has not grown out of it');
    expect(restarted.logged()).toContain('a witness has not signed the audit log');
    await restarted.close();
  });
});
