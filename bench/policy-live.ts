import { fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, dataApi, ecds, extAuthz, type Point, sdk } from './support/policy-live-points.ts';
import type { Told } from './support/policy-live-server.ts';

/** How long a change of a declaration takes to be obeyed in an estate of 10,000 services: a folder is changed and
 *  scanned, and from the moment on that the store has what was found there, time is taken until each enforcement point
 *  does what it says. To reach: 2 s. `--services=N`: of so many; `--rounds=N`; `--no-bundle`: without OPAs, for which the server makes a
 *  bundle of everything. */
const SERVICES = Number(optionOf('services') ?? 10_000);
const ROUNDS = Number(optionOf('rounds') ?? 5);
const PATIENCE_MS = 120_000;
const hasBundle = !process.argv.includes('--no-bundle');

function optionOf(name: string): string | undefined {
  const given = process.argv.find((one) => one.startsWith(`--${name}=`));
  return given?.slice(name.length + 3);
}

const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-live-'));
const READS = '"GET /orders/{id}"';

function write(isAllowed: boolean): void {
  const operations = isAllowed ? `${READS}, "POST /orders"` : READS;
  for (const [name, calls, selector] of [
    ['orders', '', `unix:uid:${process.getuid?.()}`],
    ['web', `{ service: orders, operations: [${operations}] }`, 'k8s:sa:web'],
  ] as const) {
    mkdirSync(join(folder, 'team', name), { recursive: true });
    writeFileSync(
      join(folder, 'team', name, 'reeve.yaml'),
      `apiVersion: reeve.dev/v1
kind: Service
metadata: { name: ${name}, namespace: shop, owner: team-${name} }
spec:
  identity: { selectors: ["${selector}"] }
  exposes: [{ operations: [${READS}, "POST /orders"] }]
  calls: [${calls}]
`,
    );
  }
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

function print(what: string, milliseconds: readonly number[]): void {
  const most = Math.max(...milliseconds).toFixed(0);
  console.log(`${what.padEnd(42)} median ${medianOf(milliseconds).toFixed(0)} ms, most ${most} ms`);
}

write(false);
const server = fork(join(import.meta.dirname, 'support/policy-live-server.ts'), [
  folder,
  String(SERVICES),
]);
const heard = new EventEmitter();
server.on('message', (told: Told) => heard.emit(told.type, told));
const next = async <Type extends Told['type']>(type: Type) =>
  (await once(heard, type))[0] as Extract<Told, { type: Type }>;

const { origin, envoy, socket, tokenFile } = await next('up');
const token = readFileSync(tokenFile, 'utf8').trim();
const points: Point[] = [extAuthz(envoy), dataApi(origin), await sdk(socket), ecds(socket)];
if (hasBundle) points.push(await bundle(origin));
const took = new Map<string, number[]>();
const note = (what: string, milliseconds: number): void => {
  took.set(what, [...(took.get(what) ?? []), milliseconds]);
};
try {
  for (let round = 0; round < ROUNDS; round++) {
    const isAllowed = round % 2 === 0;
    write(isAllowed);
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const [committed, inForce, judged] = [next('committed'), next('in force'), next('judged')];
    const obeyed = points.map(async (point) => {
      await point.until(isAllowed, signal);
      return { point, at: Date.now() };
    });
    const scannedAt = Date.now();
    const asked = await fetch(`${origin}/api/v1/scans`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    if (!asked.ok) throw new Error(`no scan was begun: ${asked.status}`);
    const { at } = await committed;
    note('  the scan before it', at - scannedAt);
    const made = await inForce;
    note('  the policy made and compiled', made.seconds * 1_000);
    note('  processor time until then', made.cpuSeconds * 1_000);
    for (const one of await Promise.all(obeyed)) note(one.point.name, one.at - at);
    const { seconds, stoodStillMs } = await judged;
    note('  the estate judged behind it', seconds * 1_000);
    note('  the server stood still for', stoodStillMs);
  }
  console.log(
    `${SERVICES.toLocaleString('en')} services: a declaration is obeyed, once the store has it, by`,
  );
  for (const [what, milliseconds] of took) print(what, milliseconds);
} finally {
  for (const point of points) point.close();
  server.disconnect();
  await once(server, 'exit');
  rmSync(folder, { recursive: true, force: true });
}
