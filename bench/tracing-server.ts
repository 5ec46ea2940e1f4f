import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TracingStatus } from '../src/server/tracing/status.ts';
import { TracingReeve } from './support/tracing-server/reeve.ts';
import type { SendOrder, Sent } from './support/tracing-server/sender.ts';
import type { TrafficShape } from './support/tracing-server/traffic.ts';
import { figuresOf, quantile, type Seen, watch } from './support/tracing-server/watch.ts';

/** Tracing in a whole server, `reeve up`, that takes OTLP over HTTP: an estate of 10,000 services, 40,000 edges between them
 *  and 200,000 to endpoints, at a steady rate and as fast as the server takes it. Told is what became of the spans, what
 *  somebody at the console sees meanwhile (to reach: p95 of 100 ms), how long spans wait, memory, a restart after `kill -9`,
 *  and what becomes of a million services with forged names. The server has all cores, and shares them with the sender.
 *    --quick: a tenth of the estate, for some seconds  --rate=SPANS_A_SECOND  --seconds=N  --forged=SERVICES */
const P95_TO_REACH = 100;
const isQuick = process.argv.includes('--quick');
const shape: TrafficShape = isQuick
  ? { services: 1_000, nodes: 33, rounds: 5 }
  : { services: 10_000, nodes: 333, rounds: 10 };
const rate = numberOf('rate', isQuick ? 5_000 : 20_000);
const seconds = numberOf('seconds', isQuick ? 8 : 60);
const forged = numberOf('forged', isQuick ? 100_000 : 1_000_000);
/** As services' traffic is kept apart, there have to be places for all. */
const CONFIG = {
  inventory: { maxServices: 20_000 },
  tracing: { snapshotSeconds: isQuick ? 5 : 20 },
};
const HANDED_ON = 'reeve_intake_total{source="tracing",outcome="taken",reason=""}';
const CATCH_UP_SECONDS = 300;

function numberOf(name: string, usual: number): number {
  const start = `--${name}=`;
  const given = process.argv.find((argument) => argument.startsWith(start));
  return given === undefined ? usual : Number(given.slice(start.length));
}

function large(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function print(label: string, value: string): void {
  console.log(`  ${label.padEnd(52)} ${value}`);
}

function printMilliseconds(label: string, sorted: readonly number[], rest = ''): void {
  if (sorted.length === 0) {
    print(label, 'not asked');
    return;
  }
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(sorted, share).toFixed(0));
  const most = (sorted.at(-1) ?? 0).toFixed(0);
  const over = quantile(sorted, 0.95) > P95_TO_REACH ? `   p95 over ${P95_TO_REACH} ms` : '';
  print(label, `p50 ${p50}  p95 ${p95}  p99 ${p99}  most ${most} ms${rest}${over}`);
}

interface Graph {
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  readonly edgeCount: number;
}

class Bench {
  readonly #reeve: TracingReeve;
  readonly #sender: ChildProcess;

  constructor(reeve: TracingReeve, sender: ChildProcess) {
    this.#reeve = reeve;
    this.#sender = sender;
  }

  async run(): Promise<void> {
    const whole = await this.#send({ kind: 'all' });
    await this.#caughtUp();
    const { status } = await this.#tracing();
    const { services, edges, endpointEdges } = status;
    console.log(
      `\nthe estate: ${large(services)} services, ${large(edges)} edges, ${large(endpointEdges)} to endpoints,`,
      `from ${large(whole.spans)} spans in ${whole.seconds.toFixed(1)} s`,
    );
    const order = { kind: 'pace', spansASecond: rate, seconds } as const;
    await this.#load(`at ${large(rate)} spans/s`, order);
    await this.#load('as fast as they are taken', { kind: 'flood', seconds });
    await this.#quiet();
    await this.#restart();
    await this.#forge();
  }

  async #load(title: string, order: SendOrder): Promise<void> {
    console.log(`\n${title}, for ${seconds} s; load ${loadavg()[0]?.toFixed(1)}`);
    const [before, figuresBefore, cpu] = [
      await this.#tracing(),
      await figuresOf(this.#reeve),
      this.#reeve.cpuSeconds,
    ];
    const asks = await this.#asks();
    const sending = this.#send(order);
    const seen = await watch(this.#reeve, asks, sending);
    const sent = await sending;
    const followed = await this.#caughtUp();
    const used = this.#reeve.cpuSeconds - cpu;
    const { status } = await this.#tracing();
    print('taken in', `${large(sent.spans / sent.seconds)} spans/s (${large(sent.spans)})`);
    print(
      '  an export',
      `p50 ${sent.p50Milliseconds.toFixed(0)}  p99 ${sent.p99Milliseconds.toFixed(0)} ms`,
    );
    print('  asked to come back or not answered, given up', `${sent.askedBack}, ${sent.givenUp}`);
    const spans = status.spans - before.status.spans;
    print('followed to the end', `${large(spans)} spans, the last ${followed.toFixed(1)} s later`);
    const figures = await figuresOf(this.#reeve);
    printLost(figuresBefore, figures);
    printLosses(before.status, status);
    print('processor time of the server', `${(used / seconds).toFixed(2)} cores`);
    print('  spans for a second of it', large(sent.spans / used));
    print('spans had waited, at most', `${large(seen.lagMs)} ms`);
    print('memory, at most', `${large(seen.megabytes)} MB`);
    printSeen(seen);
  }

  async #quiet(): Promise<void> {
    console.log('\nwhen nothing comes in');
    const seen = await watch(this.#reeve, await this.#asks(), sleep(isQuick ? 3_000 : 15_000));
    printSeen(seen);
  }

  async #restart(): Promise<void> {
    const { status } = await this.#tracing();
    console.log('\nafter kill -9');
    const took = await this.#reeve.killAndRestart('/api/v1/graph?limit=1');
    const after = (await this.#reeve.json<Graph>('/api/v1/graph?limit=1')).edgeCount;
    print('from the start to an answer of tracing', `${took.toFixed(1)} s`);
    print('edges before and after', `${large(status.edges)}, ${large(after)}`);
    print('the file of what was learnt', `${large(this.#reeve.snapshotMegabytes)} MB`);
  }

  async #forge(): Promise<void> {
    console.log(`\n${large(forged)} services with forged names, one span each`);
    const before = await figuresOf(this.#reeve);
    const megabytes = this.#reeve.megabytes;
    const asks = await this.#asks();
    const sending = this.#send({ kind: 'forged', services: forged });
    const seen = await watch(this.#reeve, asks, sending);
    const sent = await sending;
    await this.#caughtUp();
    const { status } = await this.#tracing();
    print('taken in', `${large(sent.spans / sent.seconds)} spans/s`);
    print(
      'memory before, at most, and then',
      `${large(megabytes)}, ${large(seen.megabytes)}, ${large(this.#reeve.megabytes)} MB`,
    );
    print(
      'services, edges, to endpoints',
      [status.services, status.edges, status.endpointEdges].map(large).join(', '),
    );
    printLost(before, await figuresOf(this.#reeve));
    printLosses(undefined, status);
    printSeen(seen);
  }

  async #asks(): Promise<Readonly<Record<string, () => string | undefined>>> {
    const reeve = this.#reeve;
    const { edges } = await reeve.json<Graph>('/api/v1/graph?limit=500');
    const { items } = await reeve.json<{ items: { id: string }[] }>('/api/v1/traces?limit=100');
    let turn = 0;
    const edge = () => edges[turn++ % edges.length];
    const service = () => encodeURIComponent(edge()?.to ?? '');
    return {
      'graph, as asked for without a limit': () => '/api/v1/graph',
      'graph, all edges': () => '/api/v1/graph?limit=50000',
      'graph, all of it in columns': () => '/api/v1/graph/columns',
      'graph, around a service': () => `/api/v1/graph?service=${service()}`,
      'graph, three steps around a service': () => `/api/v1/graph?depth=3&service=${service()}`,
      'an edge': () => {
        const { from = '', to = '' } = edge() ?? {};
        return `/api/v1/graph/edge?${new URLSearchParams({ from, to })}`;
      },
      'what is usual for a service': () => `/api/v1/services/${service()}/baseline`,
      'kept traces': () => '/api/v1/traces',
      'a kept trace': () =>
        items.length > 0 ? `/api/v1/traces/${items[turn++ % items.length]?.id}` : undefined,
      incidents: () => '/api/v1/incidents',
      'how tracing stands': () => '/api/v1/tracing',
      'the three answers': () => '/api/v1/answers',
      services: () => '/api/v1/services?limit=100',
      endpoints: () => '/api/v1/endpoints?limit=100',
      calls: () => '/api/v1/calls?limit=100',
      findings: () => '/api/v1/findings?limit=100',
    };
  }

  async #send(order: SendOrder): Promise<Sent> {
    const answered = once(this.#sender, 'message');
    this.#sender.send(order);
    return (await answered)[0] as Sent;
  }

  #tracing(): Promise<{ status: TracingStatus }> {
    return this.#reeve.json('/api/v1/tracing');
  }

  /** Seconds until tracing has followed all that intake handed on. */
  async #caughtUp(): Promise<number> {
    const started = performance.now();
    for (;;) {
      const waited = (performance.now() - started) / 1_000;
      const handedOn = (await figuresOf(this.#reeve)).get(HANDED_ON) ?? 0;
      const { spans } = (await this.#tracing()).status;
      if (spans === handedOn) return waited;
      if (waited > CATCH_UP_SECONDS) throw new Error(`only ${spans} of ${handedOn} are followed`);
      await sleep(200);
    }
  }
}

type FigureMap = Awaited<ReturnType<typeof figuresOf>>;

/** What intake dropped or refused meanwhile, by its own words. */
function printLost(before: FigureMap, after: FigureMap): void {
  for (const [name, count] of after) {
    const [, source, outcome, reason] =
      /^reeve_intake_total\{source="(.*?)",outcome="(dropped|refused)",reason="(.*?)"\}$/.exec(
        name,
      ) ?? [];
    const more = count - (before.get(name) ?? 0);
    if (source !== undefined && more > 0)
      print(`${outcome} by intake, ${source}: ${reason}`, large(more));
  }
}

function printLosses(before: TracingStatus | undefined, after: TracingStatus): void {
  for (const { stage, reason, count } of after.losses) {
    const earlier = before?.losses.find((one) => one.stage === stage && one.reason === reason);
    const more = count - (earlier?.count ?? 0);
    if (more > 0) print(`left out by tracing, ${stage}: ${reason}`, large(more));
  }
}

function printSeen({ routes, bytes, failures, idle, stallMs }: Seen): void {
  printMilliseconds(
    'the main thread answers at once',
    idle,
    `, stood still ${stallMs.toFixed(0)} ms`,
  );
  for (const [name, sorted] of routes) {
    printMilliseconds(name, sorted, `, ${large((bytes.get(name) ?? 0) / 1_024)} KB`);
  }
  for (const [failure, count] of failures) print(`failed: ${failure}`, String(count));
}

console.log(`load ${loadavg()[0]?.toFixed(1)}`);
const reeve = await TracingReeve.start(CONFIG);
const program = fileURLToPath(new URL('support/tracing-server/sender.ts', import.meta.url));
const sender = fork(program, [reeve.otlpOrigin, JSON.stringify(shape)]);
try {
  await once(sender, 'message');
  await new Bench(reeve, sender).run();
} finally {
  sender.disconnect();
  await reeve.close();
}
