import { Drain, shapeOnly } from './baselines/index.ts';
import type { Corpus } from './corpus.ts';
import { NOT_TRAINED_WITH } from './generators.ts';
import { addTo } from './learners.ts';
import { table, times } from './print.ts';
import { createLearner } from './reeve.ts';
import type { Traffic } from './traffic.ts';
import { trafficOf } from './tuning.ts';

const NOTHING_KNOWN = { priors: [], corrections: [] };
const SEED = 20_262;

type Job = (traffic: readonly Traffic[]) => void;

/** One core, from requests in memory to the templates of all of them; and of that, what comes with
 *  every request, without what comes once in a while. */
const JOBS: Readonly<Record<string, Job>> = {
  Reeve: (traffic) => {
    for (const { requests } of traffic) counted(requests).endpoints(NOTHING_KNOWN);
  },
  'Reeve, counting alone': (traffic) => {
    for (const { requests } of traffic) counted(requests);
  },
  'shape only': (traffic) => {
    for (const { requests } of traffic) {
      const counts = new Map<string, number>();
      for (const { method, path } of requests) {
        const key = `${method} ${shapeOnly.templateOf(method, path)}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
  },
  Drain: (traffic) => {
    for (const { requests } of traffic) {
      const drain = new Drain();
      for (const { method, path } of requests) drain.add(`/${method}${path}`);
    }
  },
};

/** Prints requests a second, median of so many runs, the jobs in turn. */
export function printSpeed(corpus: Corpus, requests: number, runs: number): void {
  const traffic = trafficOf(corpus.test, [NOT_TRAINED_WITH], SEED, {
    requests: Math.round(requests / corpus.test.length),
  });
  const total = traffic.reduce((sum, one) => sum + one.requests.length, 0);
  const seconds = new Map(Object.keys(JOBS).map((name) => [name, [] as number[]]));
  for (let run = 0; run < runs; run++) {
    for (const [name, job] of Object.entries(JOBS)) {
      const started = performance.now();
      job(traffic);
      seconds.get(name)?.push((performance.now() - started) / 1000);
    }
  }
  const rates = [...seconds].map(([name, all]) => [name, total / median(all)] as const);
  const own = rates[0]?.[1] ?? Number.NaN;
  console.log(`
${(total / 1e6).toFixed(1)} million requests of ${traffic.length} APIs to templates, from memory, one core
${table(
  ['', 'requests/s', 'Reeve against it'],
  rates.map(([name, rate]) => [name, Math.round(rate).toLocaleString('en'), times(own / rate)]),
)}`);
}

function counted(requests: Traffic['requests']): ReturnType<typeof createLearner> {
  const learner = createLearner();
  for (const request of requests) addTo(learner, request);
  return learner;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
