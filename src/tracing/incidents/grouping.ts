/** How far an alert, or an incident, has come, and when. */
export interface Way {
  /** Services in the order in which they were reached; `*` is outside. */
  readonly path: readonly string[];
  readonly traceIds: readonly string[];
  /** Of the first sign, and of the latest; RFC 3339. */
  readonly time: string;
  readonly lastTime: string;
}

/** What two ways have in common; `after`: the first goes on from where the other had come to, and `before` the reverse. */
export type Common =
  | { readonly by: 'trace'; readonly traceId: string }
  | { readonly by: 'step'; readonly from: string; readonly to: string }
  | { readonly by: 'after' | 'before'; readonly service: string };

/** Whether an alert goes on where another was, or goes the same way: they share a trace or a step from one service to the
 *  next, or one begins where the other has come to; and no longer than the window is between them. That two are at the
 *  same service means nothing: everybody calls some of them.
 *  @param windowMs 0: only those that overlap in time */
export const belongsTo = (alert: Way, other: Way, windowMs: number): boolean =>
  commonOf(alert, other, windowMs) !== undefined;

/** What makes two ways one, as `belongsTo` judges; undefined: nothing. */
export function commonOf(one: Way, other: Way, windowMs: number): Common | undefined {
  if (gapMs(one, other) > windowMs) return undefined;
  const traceId = shared(one.traceIds, other.traceIds);
  if (traceId !== undefined) return { by: 'trace', traceId };
  const [from, to] = shared(stepsOf(one), stepsOf(other))?.split('\n') ?? [];
  if (from !== undefined && to !== undefined) return { by: 'step', from, to };
  const [start = '', otherStart = ''] = [one.path[0], other.path[0]];
  if (goesOn(one, other)) return { by: 'after', service: start };
  return goesOn(other, one) ? { by: 'before', service: otherStart } : undefined;
}

/** Milliseconds between the end of the one and the beginning of the other; 0 where they overlap. */
function gapMs(a: Way, b: Way): number {
  const [first, second] = Date.parse(a.time) <= Date.parse(b.time) ? [a, b] : [b, a];
  return Math.max(0, Date.parse(second.time) - Date.parse(first.lastTime));
}

/** The first that both have. */
function shared(some: readonly string[], others: readonly string[]): string | undefined {
  const known = new Set(others);
  return some.find((one) => known.has(one));
}

const stepsOf = ({ path }: Way): string[] =>
  path.slice(1).map((service, at) => `${path[at]}\n${service}`);

/** From outside, everybody begins. */
function goesOn(later: Way, earlier: Way): boolean {
  const [start] = later.path;
  const isLater = Date.parse(later.time) >= Date.parse(earlier.time);
  return isLater && start !== undefined && start !== '*' && start === earlier.path.at(-1);
}
