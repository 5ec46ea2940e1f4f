import { RANK, type Rank } from '../hop.ts';
import { EDGE, type EdgeRows } from './edge-rows.ts';
import type { GraphParts } from './parts.ts';

/** What of the call graph is wanted: all that is given must hold. */
export interface GraphQuery {
  /** Only what lies within `depth` edges of this one, whichever way they lead. */
  readonly service?: string | undefined;
  readonly depth: number;
  /** Of one end at least. */
  readonly namespace?: string | undefined;
  /** Seen at this time or later; RFC 3339 in UTC. */
  readonly since?: string | undefined;
  readonly evidence?: Rank | undefined;
  /** Edges at most; those with most requests. */
  readonly limit: number;
}

export interface Selection {
  /** Rows of edges, those with most requests first. */
  readonly rows: Uint32Array;
  /** Of all that match, whatever the limit. */
  readonly edgeCount: number;
  /** Numbers of those that edges lead from or to, and of the one that was asked about; where all of the graph is wanted and
   *  shown, also of those that nobody was seen to call. */
  readonly services: readonly number[];
}

/** The part of a call graph that is wanted. */
export function selectGraph(parts: GraphParts, query: GraphQuery): Selection {
  const { names, services, edges } = parts;
  const centre = query.service === undefined ? 0 : names.services.find(query.service);
  if (query.service !== undefined && centre === 0) return NOTHING;
  const matching = matchingRows(parts, query);
  const near = centre === 0 ? matching : around(edges, centre, matching, query.depth);
  const rows = byRequests(edges, near).subarray(0, query.limit);
  const isAll = isUnfiltered(query) && rows.length === near.length;
  const isShown = new Uint8Array(services.end).fill(isAll ? 1 : 0);
  isShown[centre] = 1;
  for (const row of rows) {
    isShown[edges.word(row, EDGE.from)] = 1;
    isShown[edges.word(row, EDGE.to)] = 1;
  }
  const numbers: number[] = [];
  for (let service = 1; service < services.end; service++) {
    if (isShown[service] === 1 && services.has(service)) numbers.push(service);
  }
  return { rows, edgeCount: near.length, services: numbers };
}

const NOTHING: Selection = { rows: new Uint32Array(), edgeCount: 0, services: [] };

function isUnfiltered({ service, namespace, since, evidence }: GraphQuery): boolean {
  return [service, namespace, since, evidence].every((one) => one === undefined);
}

function matchingRows({ names, edges }: GraphParts, query: GraphQuery): number[] {
  const { namespace, evidence } = query;
  const since = query.since === undefined ? 0 : Date.parse(query.since);
  const members =
    namespace === undefined
      ? undefined
      : names.services.texts.map((id) => id.split('/').at(-2) === namespace);
  const rows: number[] = [];
  for (let row = 1; row <= edges.size; row++) {
    if (edges.number(row, EDGE.lastSeen) < since) continue;
    if (evidence !== undefined && edges.word(row, EDGE.rank) !== RANK[evidence]) continue;
    if (members && !members[edges.word(row, EDGE.from)] && !members[edges.word(row, EDGE.to)]) {
      continue;
    }
    rows.push(row);
  }
  return rows;
}

/** Those that lead from or to what lies less than `depth` edges away. */
function around(edges: EdgeRows, centre: number, rows: readonly number[], depth: number): number[] {
  const reached = new Set([centre]);
  let found: number[] = [];
  for (let step = 0; step < depth; step++) {
    const before = reached.size;
    const near = new Set(reached);
    found = rows.filter((row) => {
      const ends = [edges.word(row, EDGE.from), edges.word(row, EDGE.to)];
      if (!ends.some((end) => near.has(end))) return false;
      // everything meets outside, which brings nothing nearer
      for (const end of ends) if (end !== 0) reached.add(end);
      return true;
    });
    if (reached.size === before) break;
  }
  return found;
}

function byRequests(edges: EdgeRows, rows: readonly number[]): Uint32Array {
  const requests = new Float64Array(edges.size + 1);
  for (const row of rows) requests[row] = edges.number(row, EDGE.requests);
  return Uint32Array.from(rows).sort((a, b) => (requests[b] ?? 0) - (requests[a] ?? 0) || a - b);
}
