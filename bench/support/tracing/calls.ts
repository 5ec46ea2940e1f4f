import type { Call, Endpoint, Estate, Workload } from './model.ts';
import type { Random } from './random.ts';
import { SHAPE } from './settings.ts';

const LEAF_TIER = SHAPE.tiers.length - 1;
/** Powers of 10: how probable calls are that are not usual, from those of every day to those of a few a year. */
const RARE = -1.7;
const RAREST = -5;

/** Gives every endpoint that is not of a leaf what serving it leads to: a few calls that are usual, and for each
 *  workload more that are rare, up to one in some hundred thousand requests. */
export function drawCalls(estate: Estate): void {
  for (const workload of estate.workloads) drawCallsOf(estate, workload);
}

export function drawCallsOf(estate: Estate, workload: Workload): void {
  const { random } = estate;
  if (workload.tier === LEAF_TIER) return;
  const inner = SHAPE.tiers.slice(0, -1).reduce((sum, share) => sum + share, 0);
  const degree = Math.max(2, Math.round(random.exponential(SHAPE.outDegree / inner)));
  const callees = new Set<Workload>();
  for (let tries = 0; callees.size < degree && tries < 200; tries++) {
    callees.add(drawCallee(estate, workload));
  }
  const usual = [...callees].slice(0, Math.ceil(callees.size * 0.6));
  for (const endpoint of workload.endpoints) addUsual(random, endpoint, usual);
  for (const callee of usual) reachOnce(random, workload, callee);
  for (const callee of callees) addRare(random, workload, callee);
  for (const endpoint of workload.endpoints) declare(estate, endpoint);
}

/** Whom a workload may call: mostly of its namespace, mostly one further in, rather those whom all call. */
export function drawCallee(estate: Estate, workload: Workload): Workload {
  const { random, workloads } = estate;
  const isNear = random.chance(0.65);
  const fits = (one: Workload): boolean =>
    one.tier > workload.tier &&
    (one.tier === workload.tier + 1 || one.tier === LEAF_TIER || random.chance(0.3)) &&
    (!isNear || one.namespace === workload.namespace || workload.tier === 0);
  const candidates = workloads.filter(fits);
  const all =
    candidates.length > 0 ? candidates : workloads.filter((one) => one.tier === LEAF_TIER);
  // A front door leads to what is behind it, hardly ever to the innermost.
  const depth = (one: Workload): number => (workload.tier < 2 && one.tier === LEAF_TIER ? 0.05 : 1);
  return random.weighted(all, (one) => one.popularity * depth(one));
}

export function toCall(random: Random, target: Endpoint, probability: number): Call {
  const isMessage = target.workload.kind === 'workload' && random.chance(0.05);
  return { target, probability, isMessage };
}

function addUsual(random: Random, endpoint: Endpoint, callees: readonly Workload[]): void {
  const mean = SHAPE.calls[endpoint.workload.tier] ?? 0;
  const count = Math.min(callees.length, random.whole(1, 5));
  const drawn = random.shuffled(callees).slice(0, count);
  const weights = drawn.map(() => random.magnitude(-1.5, 0));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  for (const [place, callee] of drawn.entries()) {
    const probability = Math.min(1, (mean * (weights[place] ?? 0)) / sum);
    endpoint.calls.push(toCall(random, popular(random, callee), probability));
  }
}

/** Everybody whom a workload usually calls is called by some endpoint of it. */
function reachOnce(random: Random, workload: Workload, callee: Workload): void {
  const isCalled = workload.endpoints.some(({ calls }) =>
    calls.some(({ target }) => target.workload === callee),
  );
  if (isCalled) return;
  const from = popular(random, workload);
  from.calls.push(toCall(random, popular(random, callee), random.magnitude(-2, -0.7)));
}

function addRare(random: Random, workload: Workload, callee: Workload): void {
  for (let left = random.whole(5, 20); left > 0; left--) {
    const target = random.pick(callee.endpoints);
    const from = random.pick(workload.endpoints);
    from.calls.push(toCall(random, target, random.magnitude(RAREST, RARE)));
  }
}

function popular(random: Random, workload: Workload): Endpoint {
  return random.weighted(workload.endpoints, ({ popularity }) => popularity);
}

/** What its declaration says of the calls of an endpoint. */
function declare({ random }: Estate, endpoint: Endpoint): void {
  if (!endpoint.workload.isGoverned) return;
  for (const call of endpoint.calls) {
    const isForgotten = random.chance(call.probability < 1e-2 ? 0.2 : SHAPE.undeclaredCalls);
    if (!isForgotten) endpoint.workload.declared.add(call.target.number);
  }
}
