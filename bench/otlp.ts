import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { leaveFirstCore, spawnOnFirstCore } from './support/cores.ts';
import { Load, type LoadResult } from './support/otlp-load.ts';
import { ReeveProcess } from './support/otlp-reeve.ts';
import { type ExportRequest, endpointsOf, makeTraffic } from './support/otlp-traffic.ts';
import { cpuSeconds, residentMegabytes } from './support/process-figures.ts';

/** Traces taken in: reading alone beside other readers of the same bytes, over HTTP beside receiving
 *  alone, and by `reeve up` as a whole, journal and estate included. To reach: 300,000 spans of 500
 *  bytes a second from wire to estate on one core, and at half of that an export in 100 ms (p99), with
 *  flat memory. */
const SPANS_TO_REACH = 300_000;
const P99_TO_REACH = 100;
const WARM_SECONDS = 3;
const FLOOD_SECONDS = 8;
const PACE_SECONDS = 20;
const CONNECTIONS = 32;

function print(label: string, value: string): void {
  console.log(`${label.padEnd(46)} ${value.padStart(16)}`);
}

function rate(label: string, spansASecond: number, beside?: number): void {
  const ratio = beside === undefined ? '' : `   x${(spansASecond / beside).toFixed(2)}`;
  print(label, `${Math.round(spansASecond).toLocaleString('en')} spans/s${ratio}`);
}

function latency(label: string, { p50Milliseconds, p99Milliseconds }: LoadResult): void {
  const over = p99Milliseconds > P99_TO_REACH ? `   (over ${P99_TO_REACH} ms)` : '';
  const p50 = `p50 ${p50Milliseconds.toFixed(1)} ms`;
  print(label, `${p50}   p99 ${p99Milliseconds.toFixed(1)} ms${over}`);
}

function script(name: string): string {
  return fileURLToPath(new URL(`./support/${name}.ts`, import.meta.url));
}

function benchReading(): void {
  const args = ['--disable-warning=ExperimentalWarning', script('otlp-peers')];
  const pinned = spawnSync('taskset', ['-c', '0', process.execPath, ...args], { encoding: 'utf8' });
  const result =
    pinned.error === undefined ? pinned : spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`reading failed: ${result.stderr}`);
  const { bytesASpan, rates } = JSON.parse(result.stdout) as {
    bytesASpan: number;
    rates: Record<string, number>;
  };
  const { decoder = 0, 'decoder, JSON': json = 0 } = rates;
  console.log(`reading, of ${Math.round(bytesASpan)} bytes a span; x: of the decoder`);
  rate('  decoder, counted and paired', decoder);
  rate('  decoder, each call told, too', rates['decoder, each span told'] ?? 0, decoder);
  rate('  protobufjs, into objects', rates.protobufjs ?? 0, decoder);
  rate('  decoder, from JSON', json, decoder);
  rate('  JSON.parse alone', rates['JSON.parse'] ?? 0, decoder);
}

async function benchHttp(traffic: readonly ExportRequest[]): Promise<void> {
  console.log('over HTTP, on loopback; x: of receiving alone');
  const raw = await withServer('raw', (origin, pid) => flood(origin, traffic, pid));
  flooded('  receiving alone', raw, raw);
  await withServer('decode', async (origin, pid) => {
    flooded('  received, read, counted and paired', await flood(origin, traffic, pid), raw);
    await paced(origin, traffic, pid);
  });
}

async function benchReeve(traffic: readonly ExportRequest[]): Promise<void> {
  console.log('reeve up, everything in it on one core; x: of what is to be reached');
  const reeve = await ReeveProcess.start();
  try {
    const result = await flood(reeve.otlpOrigin, traffic, reeve.pid);
    rate('  from wire to journal', result.spansASecond, SPANS_TO_REACH);
    rate('    for each second of processor time', result.spansACpuSecond, SPANS_TO_REACH);
    const wanted = endpointsOf(traffic);
    const seconds = await reeve.secondsUntil(wanted, 60);
    print(
      `  all ${wanted} named endpoints in the estate`,
      seconds === undefined ? 'not in a minute' : `${seconds.toFixed(1)} s later`,
    );
    await paced(reeve.otlpOrigin, traffic, reeve.pid);
  } finally {
    await reeve.close();
  }
}

interface Flooded extends LoadResult {
  /** Spans for each second of processor time that the receiver had: what it would do with a core of its
   *  own. */
  readonly spansACpuSecond: number;
}

async function flood(
  origin: string,
  traffic: readonly ExportRequest[],
  pid: number,
): Promise<Flooded> {
  const load = new Load(origin, traffic);
  await load.flood(WARM_SECONDS, CONNECTIONS);
  const before = cpuSeconds(pid);
  const result = await load.flood(FLOOD_SECONDS, CONNECTIONS);
  const cpu = cpuSeconds(pid) - before;
  load.close();
  return { ...result, spansACpuSecond: cpu > 0 ? result.spanCount / cpu : 0 };
}

function flooded(label: string, result: Flooded, beside: Flooded): void {
  rate(label, result.spansASecond, beside.spansASecond);
  rate('    for each second of processor time', result.spansACpuSecond, beside.spansACpuSecond);
}

/** At half of the rate to reach: how long an export takes, and what memory does. */
async function paced(
  origin: string,
  traffic: readonly ExportRequest[],
  pid: number,
): Promise<void> {
  const load = new Load(origin, traffic);
  const megabytes: number[] = [];
  const timer = setInterval(() => megabytes.push(residentMegabytes(pid)), 1_000);
  const result = await load.pace(PACE_SECONDS, SPANS_TO_REACH / 2);
  clearInterval(timer);
  load.close();
  latency(
    `  an export, at ${Math.round(result.spansASecond).toLocaleString('en')} spans/s`,
    result,
  );
  print('  exports asked to come back', String(result.refused));
  if (megabytes.some((one) => one > 0)) print('  memory, by second', `${megabytes.join(' ')} MB`);
}

async function withServer<Result>(
  mode: string,
  work: (origin: string, pid: number) => Promise<Result>,
): Promise<Result> {
  const args = ['--disable-warning=ExperimentalWarning', script('otlp-server'), mode];
  const server: ChildProcess = spawnOnFirstCore(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    const [port] = await once(server, 'message');
    return await work(`http://127.0.0.1:${port}`, server.pid ?? 0);
  } finally {
    server.kill();
  }
}

console.log(leaveFirstCore());
benchReading();
const traffic = makeTraffic(Date.now());
await benchHttp(traffic);
await benchReeve(traffic);
