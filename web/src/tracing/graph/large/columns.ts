import type { Edge, Graph, GraphService } from '../../model.ts';
import type { Evidence } from '../../words.ts';
import { isNewEdge } from '../picture.ts';

/** A large call graph as columns: small, and quick to hand from one thread to another. */
export interface Columns {
  /** Of services, and `*`; all other columns name them by their place here. */
  readonly ids: readonly string[];
  /** Of services. */
  readonly requests: Float64Array;
  /** Of services, places in `KINDS`. */
  readonly kinds: Uint8Array;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** Of edges. */
  readonly edgeRequests: Float64Array;
  /** Of edges, places in `RANKS`. */
  readonly evidence: Uint8Array;
  /** Of edges, bits of `FLAG`. */
  readonly flags: Uint8Array;
  /** Of edges; milliseconds since 1970. */
  readonly lastSeen: Float64Array;
  /** Of all that match, whatever was asked for. */
  readonly edgeCount: number;
}

export const RANKS = ['authenticated', 'asserted', 'none'] as const satisfies readonly Evidence[];
export const FLAG = { new: 1, refused: 2 } as const;
export const KINDS = [
  'service',
  'virtual',
  'external',
] as const satisfies readonly GraphService['kind'][];

/** @param now milliseconds since 1970 */
export function toColumns({ services, edges, edgeCount }: Graph, now: number): Columns {
  const byId = new Map(services.map((service) => [service.id, service]));
  const ids = [...new Set([...byId.keys(), ...edges.flatMap(({ from, to }) => [from, to])])];
  const places = new Map(ids.map((id, place) => [id, place]));
  const placeOf = (id: string): number => places.get(id) ?? 0;
  const known = ids.map((id) => byId.get(id));
  return {
    ids,
    requests: Float64Array.from(known, (service) => service?.requests ?? 0),
    kinds: Uint8Array.from(known, (service) => KINDS.indexOf(service?.kind ?? 'virtual')),
    from: Uint32Array.from(edges, ({ from }) => placeOf(from)),
    to: Uint32Array.from(edges, ({ to }) => placeOf(to)),
    edgeRequests: Float64Array.from(edges, ({ requests }) => requests),
    evidence: Uint8Array.from(edges, ({ evidence }) => RANKS.indexOf(evidence)),
    flags: Uint8Array.from(edges, (edge) => flagsOf(edge, isNewEdge(edge, byId, now))),
    lastSeen: Float64Array.from(edges, ({ lastSeen }) => Date.parse(lastSeen)),
    edgeCount,
  };
}

function flagsOf({ denied }: Edge, isNew: boolean): number {
  return (isNew ? FLAG.new : 0) | (denied > 0 ? FLAG.refused : 0);
}
