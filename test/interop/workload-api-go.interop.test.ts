import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entryWith } from '../../src/identity/registration/testing/entries.ts';
import {
  serveWorkloadApi,
  WorkloadApiConfig,
  type WorkloadApiServer,
} from '../../src/identity/workload-api/index.ts';
import { Identities } from './support/identities.ts';
import { goProgram, goSource, isMissing } from './support/tools.ts';

const client = goSource('spiffe-client', join(import.meta.dirname, 'support', 'spiffe_client.go'), [
  'github.com/spiffe/go-spiffe/v2@v2.9.0',
]);
const grpcurl = goProgram('grpcurl', 'github.com/fullstorydev/grpcurl/cmd/grpcurl', 'v1.9.3');
const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';
type Line = Readonly<Record<string, unknown>>;

let folder: string;
let program: string;
let identities: Identities;
let server: WorkloadApiServer;
const running: ChildProcess[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-go-'));
  program = join(folder, 'orders');
  if (client.path) copyFileSync(join(client.path, 'spiffe-client'), program);
  identities = await Identities.make();
  identities.entries.set(ordersEntry());
  server = await serveWorkloadApi(identities, {
    path: join(folder, 'w.sock'),
    config: WorkloadApiConfig.parse({}),
  });
});
afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  await server?.close(0);
  identities?.cache.close();
  rmSync(folder, { recursive: true, force: true });
});

function ordersEntry(said: Parameters<typeof entryWith>[0] = {}) {
  const selectors = [`unix:path:${program}`, `unix:uid:${process.getuid?.()}`];
  return entryWith({ spiffeId: ORDERS, selectors, hint: 'internal', ...said });
}

/** Runs the program, and gives what it says line by line. */
function run(path: string, ...words: readonly string[]): () => Promise<Line | undefined> {
  const child = spawn(path, [server.address, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => {
    const { value } = await lines.next();
    return value === undefined ? undefined : JSON.parse(value);
  };
}

describe.skipIf(isMissing('go-spiffe', client, { isNeeded: true }))('a workload in Go', () => {
  it('fetches its X.509-SVID, and hears of each change', async () => {
    const next = run(program);
    const first = await next();
    expect(first).toMatchObject({ id: ORDERS, hint: 'internal', chain: 1, domains: 1 });
    identities.cache.renewAll();
    const second = await next();
    expect(second).toMatchObject({ id: ORDERS, domains: 1 });
    expect(second?.serial).not.toBe(first?.serial);
    identities.entries.set(ordersEntry({ federatesWith: ['other.example'] }));
    identities.cache.entriesChanged();
    expect(await next()).toMatchObject({ serial: second?.serial, domains: 2 });
    identities.entries.delete(ordersEntry().id);
    identities.cache.entriesChanged();
    expect(await next()).toMatchObject({
      failed: 'watch',
      code: 'PermissionDenied',
      message: expect.stringContaining('no entry is registered'),
    });
  });

  it('fetches a JWT-SVID that both ends validate, and no other audience takes', async () => {
    const next = run(program, 'payments');
    expect(await next()).toEqual({ 'token of': ORDERS, validated: ORDERS, for: ['payments'] });
    expect(await next()).toMatchObject({ failed: 'another audience', code: 'InvalidArgument' });
    expect(await next()).toMatchObject({ failed: 'unofficial', code: 'Unimplemented' });
    expect(await next()).toBeUndefined();
  });

  it('that lies elsewhere has no identity, and is told what it lacks', async () => {
    const copy = join(folder, 'copy');
    copyFileSync(program, copy);
    expect(await run(copy)()).toMatchObject({
      failed: 'watch',
      code: 'PermissionDenied',
      message: expect.stringContaining(`lacks unix:path:${program} (has unix:path:${copy})`),
    });
    expect(identities.calls).toMatchObject([{ refusedFor: expect.stringContaining('lacks') }]);
  });

  it('asks again when the server has gone and come back', async () => {
    const next = run(program);
    const first = await next();
    await server.close(0);
    expect(await next()).toMatchObject({ failed: 'watch', code: 'Unavailable' });
    server = await serveWorkloadApi(identities, {
      path: join(folder, 'w.sock'),
      config: WorkloadApiConfig.parse({}),
    });
    let line = await next();
    while (line?.failed) line = await next();
    expect(line).toEqual(first);
  });
});

describe.skipIf(isMissing('grpcurl', grpcurl))('grpcurl', () => {
  async function grpc(flags: readonly string[], ...words: readonly string[]): Promise<string> {
    const common = ['-plaintext', '-H', 'workload.spiffe.io: true'];
    const { stdout } = await promisify(execFile)(join(grpcurl.path ?? '', 'grpcurl'), [
      ...common,
      ...flags,
      server.address,
      ...words,
    ]);
    return stdout.trim();
  }

  async function call(method: string, request: object): Promise<Line> {
    return JSON.parse(await grpc(['-d', JSON.stringify(request)], method));
  }

  it('learns by reflection which services there are, and what they take', async () => {
    expect((await grpc([], 'list')).split('\n')).toEqual([
      'SpiffeWorkloadAPI',
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
      'grpc.reflection.v1alpha.ServerReflection',
    ]);
    expect(await grpc([], 'describe', 'SpiffeWorkloadAPI.FetchX509SVID')).toContain(
      'rpc FetchX509SVID ( .X509SVIDRequest ) returns ( stream .X509SVIDResponse );',
    );
    expect(await grpc([], 'describe', '.X509SVIDResponse')).toContain(
      'map<string, bytes> federated_bundles = 3;',
    );
  });

  it('calls what it has learnt of', async () => {
    const selectors = [`unix:uid:${process.getuid?.()}`];
    identities.entries.set(entryWith({ spiffeId: ORDERS, selectors }));
    const { svids } = await call('SpiffeWorkloadAPI/FetchJWTSVID', { audience: ['payments'] });
    const [{ svid }] = svids as [{ svid: string }];
    const request = { audience: 'payments', svid };
    expect(await call('SpiffeWorkloadAPI/ValidateJWTSVID', request)).toMatchObject({
      spiffeId: ORDERS,
      claims: { sub: ORDERS, aud: ['payments'], exp: expect.any(Number) },
    });
    const service = 'SpiffeWorkloadAPI';
    expect(await call('grpc.health.v1.Health/Check', { service })).toEqual({ status: 'SERVING' });
  });
});
