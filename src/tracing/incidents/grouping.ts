/** How far an alert, or an incident, has come, and when. */
export interface Way {
  /** Services in the order in which they were reached; `*` is outside. */
  readonly path: readonly string[];
  readonly traceIds: readonly string[];
  /** Of the first sign, and of the latest; RFC 3339. */
  readonly time: string;
  readonly lastTime: string;
}

/** Whether an alert goes on where another was, or goes the same way: they share a trace or a step from one service to the
 *  next, or one begins where the other has come to; and no longer than the window is between them. That two are at the
 *  same service means nothing: everybody calls some of them.
 *  @param windowMs 0: only those that overlap in time */
export function belongsTo(alert: Way, other: Way, windowMs: number): boolean {
  if (gapMs(alert, other) > windowMs) return false;
  return (
    share(alert.traceIds, other.traceIds) ||
    share(stepsOf(alert), stepsOf(other)) ||
    goesOn(alert, other) ||
    goesOn(other, alert)
  );
}

/** Milliseconds between the end of the one and the beginning of the other; 0 where they overlap. */
function gapMs(a: Way, b: Way): number {
  const [first, second] = Date.parse(a.time) <= Date.parse(b.time) ? [a, b] : [b, a];
  return Math.max(0, Date.parse(second.time) - Date.parse(first.lastTime));
}

function share(some: readonly string[], others: readonly string[]): boolean {
  const known = new Set(others);
  return some.some((one) => known.has(one));
}

const stepsOf = ({ path }: Way): string[] =>
  path.slice(1).map((service, at) => `${path[at]}\n${service}`);

/** From outside, everybody begins. */
function goesOn(later: Way, earlier: Way): boolean {
  const [start] = later.path;
  const isLater = Date.parse(later.time) >= Date.parse(earlier.time);
  return isLater && start !== undefined && start !== '*' && start === earlier.path.at(-1);
}
