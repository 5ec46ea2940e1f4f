import { readFileSync, writeFileSync } from 'node:fs';
import type { TracingEngine } from '../../../src/tracing/index.ts';
import { CROWD_MS, type CrowdShape, crowdBatches, moveOn } from './crowd.ts';
import { engineOf, pipelineOf, type Stage } from './pipeline.ts';

/** One measurement in a process of its own. `STAGE SHAPE [FILE]`: sends the crowd's traffic through, at the rate of the
 *  clock that it is told, and writes what was learnt to a file. `restart FILE`: goes on from that. Prints JSON. */
const START = Date.UTC(2026, 0, 5, 9);
const TICK_MS = 250;
/** What is new is learnt, and that it goes on; then it is judged. */
const LEARN_PASSES = 2;
/** Until what waits is as much as it gets. */
const WARM_PASSES = LEARN_PASSES + 2;
const PAUSE_MS = 1_200_000;
const PASSES = 2;
const MEGABYTE = 2 ** 20;

export interface CrowdRun {
  /** Spans for a second of processor time. */
  readonly newRate: number;
  readonly knownRate: number;
  /** Resident, without the rows that were prepared. */
  readonly megabytes: number;
  /** Of the engine as a whole: what it knows and what it counted. */
  readonly counts?: Readonly<Record<string, number>>;
}
export interface RestartRun {
  readonly seconds: number;
  /** Of processor time, all threads together. */
  readonly processorSeconds: number;
  readonly megabytes: number;
  readonly fileMegabytes: number;
}

function startOf(pass: number): number {
  return START + pass * CROWD_MS + Math.min(pass, LEARN_PASSES) * PAUSE_MS;
}

function run(stage: Stage, shape: CrowdShape, file: string | undefined): CrowdRun {
  const batches = crowdBatches(shape, START);
  const rows = batches.reduce((sum, { count }) => sum + count, 0);
  const pipeline = pipelineOf(stage);
  const rates: number[] = [];
  for (let pass = 0; pass < WARM_PASSES + PASSES; pass++) {
    if (pass === LEARN_PASSES) pipeline.acceptAll();
    const from = startOf(pass);
    const started = process.cpuUsage();
    for (const [place, batch] of batches.entries()) {
      const now = from + ((place + 1) / batches.length) * CROWD_MS;
      if (place % Math.ceil((batches.length * TICK_MS) / CROWD_MS) === 0) pipeline.tick(now);
      pipeline.take(batch, now);
    }
    const { user, system } = process.cpuUsage(started);
    rates.push(rows / ((user + system) / 1e6));
    for (const batch of batches) moveOn(batch, startOf(pass + 1) - from);
  }
  const bytes = batches.reduce((sum, { words }) => sum + words.byteLength, 0);
  const { engine } = pipeline;
  const megabytes = (process.memoryUsage().rss - bytes) / MEGABYTE;
  if (file !== undefined && engine) writeFileSync(file, engine.snapshot());
  return {
    newRate: rates[0] ?? 0,
    knownRate: rates.slice(WARM_PASSES).sort((a, b) => a - b)[PASSES >> 1] ?? 0,
    megabytes,
    ...(engine && { counts: countsOf(engine) }),
  };
}

function countsOf(engine: TracingEngine): Readonly<Record<string, number>> {
  const { services, edges, endpointEdges, refused } = engine.graph.counts;
  const { counts, size } = engine.assembler;
  const pushedOut = counts.get('pushed-out') ?? 0;
  const [requests, stories] = [engine.hopCount, engine.storyCount];
  return { services, edges, endpointEdges, refused, requests, stories, spansHeld: size, pushedOut };
}

function restart(file: string): RestartRun {
  const started = performance.now();
  const learnt = readFileSync(file);
  const engine = engineOf(learnt, true);
  engine.tick(START);
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage();
  return {
    seconds,
    processorSeconds: (user + system) / 1e6,
    megabytes: process.memoryUsage().rss / MEGABYTE,
    fileMegabytes: learnt.length / MEGABYTE,
  };
}

const [stage = '', shape = '', file] = process.argv.slice(2);
const figures =
  stage === 'restart' ? restart(shape) : run(stage as Stage, shape as CrowdShape, file);
console.log(JSON.stringify(figures));
