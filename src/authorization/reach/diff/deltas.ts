import { TRANSPORTS, type Transport } from '../../../estate/index.ts';
import type { ReachDelta, ReachRow } from '../model.ts';
import { MAX_PORT, type PortSet, type PortSets, portsText } from '../port-set.ts';

/** What one set of rows of a pair lets through that another does not: ports, and requests on ports of both. */
export function deltasOf(
  sets: PortSets,
  now: readonly ReachRow[],
  other: readonly ReachRow[],
): readonly ReachDelta[] {
  const deltas = TRANSPORTS.flatMap((transport) => deltasBy(sets, transport, now, other));
  const isEverything =
    deltas.length === TRANSPORTS.length &&
    deltas.every(({ ports, http }) => ports === `1-${MAX_PORT}` && http === null);
  return isEverything ? [{ protocol: 'any', ports: 'any', http: null }] : deltas;
}

function deltasBy(
  sets: PortSets,
  transport: Transport,
  now: readonly ReachRow[],
  other: readonly ReachRow[],
): readonly ReachDelta[] {
  const mine = find(now, transport);
  if (!mine) return [];
  const theirs = find(other, transport);
  const ports = toPortSet(sets, transport, mine);
  const known = theirs ? toPortSet(sets, transport, theirs) : sets.none;
  const fresh = sets.subtract(ports, known);
  const common = sets.intersect(ports, known);
  const requests = theirs && common !== sets.none ? newRequests(mine.http, theirs.http) : undefined;
  return [
    ...(fresh === sets.none ? [] : [toDelta(transport, fresh, mine.http)]),
    ...(requests === undefined ? [] : [toDelta(transport, common, requests)]),
  ];
}

function toDelta(transport: Transport, ports: PortSet, http: ReachRow['http']): ReachDelta {
  return { protocol: transport, ports: portsText(ports, transport), http };
}

/** Undefined where nothing is new. */
function newRequests(now: ReachRow['http'], other: ReachRow['http']): ReachRow['http'] | undefined {
  if (other === null) return undefined;
  if (now === null) return null;
  const known = new Set(other);
  const fresh = now.filter((pattern) => !known.has(pattern));
  return fresh.length > 0 ? fresh : undefined;
}

function find(rows: readonly ReachRow[], transport: Transport): ReachRow | undefined {
  return rows.find(({ protocol }) => protocol === transport || protocol === 'any');
}

function toPortSet(sets: PortSets, transport: Transport, { ports }: ReachRow): PortSet {
  if (ports === 'any') return sets.range(transport, 1, MAX_PORT);
  return ports.split(',').reduce((sum, part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return sets.union(sum, sets.range(transport, first, last));
  }, sets.none);
}
