import type { Agenda } from './agenda.ts';
import { drawCallee, toCall } from './calls.ts';
import { type Call, DAY_MS, type Estate, HOUR_MS, MINUTE_MS, type Workload } from './model.ts';
import type { Requests } from './requests.ts';

interface Job {
  readonly workload: Workload;
  readonly calls: readonly Call[];
  readonly periodMs: number;
  readonly repeats: number;
}

/** For a hundred workloads: how many, how often, how much at once. */
const KINDS = [
  { count: 5, periodMs: HOUR_MS, repeats: 1, most: 4 },
  { count: 5, periodMs: DAY_MS, repeats: 4, most: 6 },
  { count: 1.5, periodMs: 7 * DAY_MS, repeats: 5, most: 8 },
  { count: 1.5, periodMs: 30 * DAY_MS, repeats: 5, most: 8 },
];

/** Jobs that start inside: nobody has asked for what they do. */
export function planJobs(
  estate: Estate,
  agenda: Agenda,
  requests: Requests,
  startsAt: number,
): void {
  const { random, workloads } = estate;
  const callers = workloads.filter(
    ({ tier, endpoints }) => tier > 0 && tier < 4 && endpoints.length > 0,
  );
  for (const { count, periodMs, repeats, most } of KINDS) {
    const jobs = Math.round((count * workloads.length) / 100);
    for (let number = 0; number < jobs; number++) {
      const workload = random.pick(callers);
      const calls = Array.from({ length: random.whole(2, most) }, () => {
        const target = random.pick(drawCallee(estate, workload).endpoints);
        if (random.chance(0.7) && workload.isGoverned) workload.declared.add(target.number);
        return toCall(random, target, random.chance(0.8) ? 1 : random.magnitude(-2, 0));
      });
      schedule(estate, agenda, requests, { workload, calls, periodMs, repeats }, startsAt);
    }
  }
  observe(estate, agenda, requests, startsAt);
}

function schedule(
  { random }: Estate,
  agenda: Agenda,
  requests: Requests,
  job: Job,
  startsAt: number,
): void {
  const run = (at: number): void => {
    for (let round = random.whole(1, job.repeats); round > 0; round--) {
      const from = requests.begin(job.workload, at + random.between(0, 5 * MINUTE_MS));
      for (const call of job.calls) {
        if (random.chance(call.probability))
          requests.ask(from, call, from.at + random.between(1, 500));
      }
    }
    agenda.add(at + job.periodMs, run);
  };
  agenda.add(startsAt + random.between(0, job.periodMs), run);
}

/** One workload looks after all others, and so calls whoever is new. */
function observe(estate: Estate, agenda: Agenda, requests: Requests, startsAt: number): void {
  const { random, workloads } = estate;
  const observer = random.pick(workloads.filter(({ tier }) => tier === 3));
  const run = (at: number): void => {
    for (const workload of workloads) {
      if (workload.kind === 'datastore' || workload === observer || !random.chance(0.12)) continue;
      const target = workload.endpoints[0];
      if (!target) continue;
      const from = requests.begin(observer, at + random.between(0, MINUTE_MS));
      requests.ask(from, { target, isMessage: false }, from.at + 1);
    }
    agenda.add(at + 2 * HOUR_MS, run);
  };
  agenda.add(startsAt + random.between(0, HOUR_MS), run);
}
