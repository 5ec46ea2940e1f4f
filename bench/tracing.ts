import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { leaveFirstCore, spawnOnFirstCore } from './support/cores.ts';
import type { CrowdShape } from './support/tracing/crowd.ts';
import type { CrowdRun, RestartRun } from './support/tracing/crowd-run.ts';
import { STAGES } from './support/tracing/pipeline.ts';

/** Tracing on one core: rows of spans to requests, the call graph, what is usual, detections, and the whole engine with
 *  stories and without and with traces held. The estate has 10,000 services, 50,000 edges (10,000 of them from outside)
 *  and 250,000 edges of endpoints; all is new once, and then known. To reach: 300,000 spans a second up to detections,
 *  1 GB, and 5 s until it is ready after a restart. Each measurement has a process of its own, and tells processor time.
 *  `map` is the least that pairing can be, with a map of strings; the ratio to it is of the same run.
 *  Needs some minutes: `--shape=nodes|mixed` has one shape of batches only, `--stage=NAME` one stage only. */
const SPANS_TO_REACH = 300_000;
const MEGABYTES_TO_REACH = 1_000;
const SECONDS_TO_REACH = 5;
const PROGRAM = fileURLToPath(new URL('support/tracing/crowd-run.ts', import.meta.url));

const SHAPES: Readonly<Record<CrowdShape, string>> = {
  nodes: 'batches of one node each: some 30 services',
  mixed: 'batches of thousands of services',
};

async function figuresOf<Figures>(...args: string[]): Promise<Figures> {
  const child = spawnOnFirstCore(process.execPath, [PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const output = child.stdout ? await text(child.stdout) : '';
  const [status] = await ended;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  return JSON.parse(output);
}

function option(name: string): string | undefined {
  const start = `--${name}=`;
  return process.argv.find((argument) => argument.startsWith(start))?.slice(start.length);
}

function large(value: number): string {
  return Math.round(value).toLocaleString('en');
}

async function measureShape(shape: CrowdShape, file: string): Promise<void> {
  console.log(`\n${SHAPES[shape]}`);
  console.log('                new, spans/s   known, spans/s   of 300,000    of map       MB');
  let map = 0;
  for (const stage of STAGES) {
    if (option('stage') !== undefined && option('stage') !== stage) continue;
    const run = await figuresOf<CrowdRun>(stage, shape, file);
    if (stage === 'map') map = run.knownRate;
    const ratios = [run.knownRate / SPANS_TO_REACH, map === 0 ? 0 : run.knownRate / map];
    console.log(
      stage.padEnd(12),
      large(run.newRate).padStart(15),
      large(run.knownRate).padStart(16),
      ...ratios.map((ratio, place) => `x${ratio.toFixed(2)}`.padStart(place === 0 ? 12 : 9)),
      large(run.megabytes).padStart(8),
      run.megabytes > MEGABYTES_TO_REACH ? 'over 1,000 MB' : '',
    );
    if (run.counts) {
      const counts = Object.entries(run.counts).map(([name, count]) => `${name} ${large(count)}`);
      console.log(`  ${counts.join(', ')}`);
    }
  }
}

const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-tracing-'));
try {
  const file = join(folder, 'learnt');
  console.log(`${leaveFirstCore()}; load ${loadavg()[0]?.toFixed(1)}`);
  for (const shape of ['nodes', 'mixed'] as const) {
    if (option('shape') === undefined || option('shape') === shape) await measureShape(shape, file);
  }
  if (option('stage') === undefined || option('stage') === 'traces') {
    const run = await figuresOf<RestartRun>('restart', file);
    console.log(
      `\nready ${run.seconds.toFixed(1)} s after a restart (to reach: ${SECONDS_TO_REACH} s),`,
      `${run.processorSeconds.toFixed(1)} s of them processor time with the start of the process;`,
      `a file of ${large(run.fileMegabytes)} MB, ${large(run.megabytes)} MB resident`,
    );
  }
  console.log(`load ${loadavg()[0]?.toFixed(1)}`);
} finally {
  rmSync(folder, { recursive: true });
}
