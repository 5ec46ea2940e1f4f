import type { Alert, AlertHop, Sign } from '../../model.ts';

const START = Date.UTC(2025, 4, 5, 10);
export const at = (seconds: number): string => new Date(START + seconds * 1_000).toISOString();
export const nowAt = (seconds: number): number => START + seconds * 1_000;
export const id = (name: string): string =>
  name === '*' || name.startsWith('external/') ? name : `demo/shop/${name}`;

export function hopOf(
  from: string,
  to: string,
  seconds: number,
  more: Partial<AlertHop> = {},
): AlertHop {
  return {
    ...{ from: id(from), to: id(to), operation: 'GET /internal/export', time: at(seconds) },
    ...{ traceId: 'a'.repeat(32), evidence: 'authenticated', policy: 'undeclared', outcome: 'ok' },
    ...{ signs: ['new-edge'], ...more },
  };
}

export function signOf(hop: AlertHop, more: Partial<Sign> = {}): Sign {
  const { from, to, operation, time, traceId } = hop;
  return {
    ...{ kind: 'new-edge', severity: 'high', score: 6, evidence: {}, technique: 'T1210' },
    ...{ reason: `${from} has never called ${to}`, from, to, operation, time, traceId, ...more },
  };
}

/** An alert of requests one after the other. */
export function alertOf(
  alertId: string,
  hops: readonly AlertHop[],
  more: Partial<Alert> = {},
): Alert {
  const [first, last] = [hops[0], hops.at(-1)];
  if (!first || !last) throw new Error('an alert has requests');
  const path = [first.from, ...hops.map(({ to }) => to)];
  return {
    ...{ id: alertId, kind: 'new-edge', from: first.from, to: last.to, path: [...new Set(path)] },
    ...{ time: first.time, lastTime: last.time, severity: 'high', score: 9, raised: 1 },
    techniques: ['T1210'],
    traceIds: [...new Set(hops.flatMap(({ traceId }) => traceId ?? []))],
    reason: `${first.from} went to ${last.to} on a way that nobody goes.`,
    ...{ hops: [...hops], signs: hops.map((hop) => signOf(hop)), ...more },
  };
}

/** Entry from outside, then on with what was found there. */
export const DRILL = [
  hopOf('*', 'legacy-billing', 0, { policy: 'unknown' }),
  hopOf('legacy-billing', 'payments', 2),
  hopOf('payments', 'inventory', 4, {
    policy: 'declared',
    operation: 'GET /stock/{sku}',
    signs: [],
  }),
] as const;
