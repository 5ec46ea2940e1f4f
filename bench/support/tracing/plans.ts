import type { AttackKind, Step } from './attack.ts';
import type { Choice } from './choice.ts';
import { DAY_MS, type Endpoint, HOUR_MS, MINUTE_MS, type Workload } from './model.ts';
import { type Reports, tellsItself } from './reports.ts';
import type { Disguise } from './requests.ts';

/** Plans of attacks. Each makes few requests, at any hour, from any workload that is drawn.
 *  @throws {RangeError} where there is nothing of the kind to attack */
export type Plan = (choice: Choice, tools: Tools) => Step[];

export interface Tools {
  readonly reports: Reports;
  /** A workload that nobody has heard of, with a plausible name; it has a pod. */
  newcomer(namespace: string): Workload;
}

/** A habit is what happened at least so often. */
const HABIT = 40;
const PATHS = [
  '/',
  '/admin',
  '/actuator/env',
  '/.env',
  '/debug/pprof',
  '/api/v1/users',
  '/metrics',
];

export const PLANS: Readonly<Record<AttackKind, Plan>> = {
  'direct chain': chain,
  scan,
  'an edge a day': slow,
  'new operation': newOperation,
  'false claim': falseClaim,
  'missing context': missingContext,
  'replayed credential': replay,
  'unknown workload': unknown,
};

/** One to a few requests for the same, some minutes apart. */
function few(
  choice: Choice,
  most: number,
  firstAfterMs: number,
  step: Omit<Step, 'afterMs'>,
): Step[] {
  const count = choice.random.whole(1, most);
  return Array.from({ length: count }, (_, number) => ({
    ...step,
    afterMs: number === 0 ? firstAfterMs : choice.random.exponential(3 * MINUTE_MS),
  }));
}

/** With the workload's own libraries, or by hand. */
function byChance(choice: Choice): Disguise {
  return { isBare: choice.random.chance(0.5) };
}

/** From one workload to the next, each taken over in turn, on to sensitive data. */
function chain(choice: Choice): Step[] {
  const { random } = choice;
  const steps: Step[] = [];
  let from = choice.origin();
  const passed = new Set([from]);
  for (let left = random.whole(2, 4); left > 0; left--) {
    const caller = from;
    const target = choice.endpoint(
      left === 1 ? 1 : 0.2,
      ({ workload }) =>
        choice.isNewEdge(caller, workload) &&
        !passed.has(workload) &&
        (left === 1 || workload.kind === 'workload'),
    );
    const after = random.exponential(25 * MINUTE_MS);
    steps.push(...few(choice, 3, after, { from, target, disguise: byChance(choice) }));
    from = target.workload;
    passed.add(from);
  }
  return steps;
}

/** Looks at many workloads, for what they answer; some of them it knows. */
function scan(choice: Choice): Step[] {
  const { random } = choice;
  const from = choice.origin();
  const pace = random.magnitude(3.7, 5.7);
  const disguise = byChance(choice);
  const isByItself = random.chance(0.5);
  const others = choice.workloads.filter(
    (one) => one !== from && choice.isSeen(one) && one.tier > 0,
  );
  const known = others.filter((one) => choice.requests(from, one) > 0);
  const targets = new Set(random.shuffled(known).slice(0, random.whole(0, 3)));
  const count = random.whole(8, 18);
  while (targets.size < count) targets.add(random.pick(others));
  return random.shuffled([...targets]).map((workload) => ({
    from,
    target: random.pick(workload.endpoints),
    afterMs: random.exponential(pace),
    disguise: workload.kind === 'datastore' ? disguise : { ...disguise, ...probe(choice) },
    isByItself,
  }));
}

function probe({ random }: Choice): Disguise {
  if (random.chance(0.4)) return { status: random.pick([200, 401, 403]) };
  const operation = { protocol: 'http', method: 'GET', template: random.pick(PATHS) } as const;
  return { operation, status: random.pick([404, 404, 404, 403, 200]) };
}

/** One new edge a day, the last of them to sensitive data. */
function slow(choice: Choice): Step[] {
  const { random } = choice;
  const from = choice.origin();
  const passed = new Set<Workload>();
  const steps: Step[] = [];
  for (let left = random.whole(4, 6); left > 0; left--) {
    const target = choice.endpoint(
      left === 1 ? 1 : 0.1,
      ({ workload }) => choice.isNewEdge(from, workload) && !passed.has(workload),
    );
    passed.add(target.workload);
    const after = DAY_MS + random.between(-5 * HOUR_MS, 5 * HOUR_MS);
    const isFirst = steps.length === 0;
    steps.push(
      ...few(choice, 2, isFirst ? 0 : after, { from, target, disguise: byChance(choice) }),
    );
  }
  return steps;
}

/** Asks whom it always asks for what it never asked for. */
function newOperation(choice: Choice): Step[] {
  const from = choice.origin();
  const leads = new Set(from.endpoints.flatMap(({ calls }) => calls.map(({ target }) => target)));
  const target = choice.endpoint(
    1,
    (one) =>
      choice.requests(from, one.workload) >= HABIT &&
      !leads.has(one) &&
      one.sensitivity.length > 0 &&
      choice.requestsFor(from, one) === 0,
  );
  return few(choice, 4, 0, { from, target, disguise: byChance(choice) });
}

/** Calls under the name of one that calls by habit, and shows its own account or its own address. */
function falseClaim(choice: Choice, { reports }: Tools): Step[] {
  const { random } = choice;
  const from = choice.origin();
  const target = choice.endpoint(
    0.7,
    (one) => one.workload !== from && one.workload.kind === 'workload' && one.workload.tellsAddress,
  );
  const likely = choice
    .callersOf(target, HABIT)
    .filter((one) => one !== from && one.account !== from.account);
  const shownAs = random.pick(likely);
  const context = random.chance(0.5) ? 'invented' : 'continued';
  const disguise: Disguise = { claimed: reports.claim(shownAs), context };
  return few(choice, 4, 0, { from, target, disguise, shownAs });
}

/** What is asked every day, but without the context that always came with it, where somebody can see that: who has no
 *  instrumentation sends on what he got, which is often nothing, and a proxy that knows of no traces sees none. */
function missingContext(choice: Choice): Step[] {
  const sends = (one: Workload): boolean => one.context.lost < 1e-3 && tellsItself(one);
  const from = choice.origin(sends);
  const target = habit(
    choice,
    from,
    ({ workload }) => workload.reporter !== 'blind proxy' && choice.callers(workload).every(sends),
  );
  return few(choice, 5, 0, {
    from,
    target,
    disguise: { context: 'none', isBare: true },
    isByItself: true,
  });
}

/** The account of one workload, from where another runs. */
function replay(choice: Choice): Step[] {
  const { random } = choice;
  const shownAs = choice.origin(({ account }) => account !== null);
  const target = habit(choice, shownAs, ({ workload }) => workload.account !== null);
  const from = choice.origin((one) => one !== target.workload && one.account !== shownAs.account);
  const disguise: Disguise = {
    principal: shownAs.account?.principal ?? null,
    context: random.chance(0.5) ? 'invented' : 'continued',
    isBare: true,
  };
  return few(choice, 5, 0, { from, target, disguise, shownAs });
}

/** A workload that nobody has deployed, with a name that one could have. */
function unknown(choice: Choice, { newcomer }: Tools): Step[] {
  const { random } = choice;
  const last = choice.endpoint(0.75, ({ workload }) => workload.kind === 'workload');
  const from = newcomer(last.workload.namespace);
  const targets = [last];
  for (let more = random.whole(0, 2); more > 0; more--) {
    targets.unshift(choice.endpoint(0.2, ({ workload }) => workload.kind === 'workload'));
  }
  return targets.flatMap((target) =>
    few(choice, 2, random.exponential(10 * MINUTE_MS), {
      from,
      target,
      disguise: {},
      isByItself: true,
    }),
  );
}

/** Something that a workload asks for by habit: sensitive, more often than not. */
function habit(
  choice: Choice,
  caller: Workload,
  fits: (endpoint: Endpoint) => boolean = () => true,
): Endpoint {
  return choice.endpoint(
    0.7,
    (one) =>
      one.workload.kind === 'workload' && choice.requestsFor(caller, one) >= HABIT && fits(one),
  );
}
