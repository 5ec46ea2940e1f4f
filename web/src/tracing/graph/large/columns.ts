import { type GraphColumns, OUTSIDE } from '../../model.ts';
import type { Evidence } from '../../words.ts';
import { isNew } from '../picture.ts';

/** A large call graph as columns, as the map needs them. */
export interface Columns {
  /** Of services, and `*` where there is something from outside; all other columns name them by their place here. */
  readonly ids: readonly string[];
  /** Of services. */
  readonly requests: Float64Array;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** Of edges, places in `RANKS`. */
  readonly evidence: Uint8Array;
  /** Of edges, bits of `FLAG`. */
  readonly flags: Uint8Array;
  /** Of edges; milliseconds since 1970. */
  readonly lastSeen: Float64Array;
  /** Of all that match, whatever was asked for. */
  readonly edgeCount: number;
}

/** In the order of the API. */
export const RANKS = ['none', 'asserted', 'authenticated'] as const satisfies readonly Evidence[];
export const FLAG = { new: 1, refused: 2 } as const;

/** @param now milliseconds since 1970 */
export function toColumns({ services, edges, edgeCount }: GraphColumns, now: number): Columns {
  const outside = services.id.length;
  const hasOutside = edges.from.includes(-1) || edges.to.includes(-1);
  const placesOf = (places: readonly number[]) =>
    Uint32Array.from(places, (place) => (place < 0 ? outside : place));
  const flagsOf = (edge: number): number => {
    const [from = -1, to = -1] = [edges.from[edge], edges.to[edge]];
    const known = services.firstSeen[from < 0 ? to : from] ?? Number.NaN;
    const isFresh = isNew((edges.firstSeen[edge] ?? 0) * 1_000, known * 1_000, now);
    return (isFresh ? FLAG.new : 0) | ((edges.denied[edge] ?? 0) > 0 ? FLAG.refused : 0);
  };
  return {
    ids: hasOutside ? [...services.id, OUTSIDE] : services.id,
    requests: Float64Array.from(hasOutside ? [...services.requests, 0] : services.requests),
    from: placesOf(edges.from),
    to: placesOf(edges.to),
    evidence: Uint8Array.from(edges.evidence),
    flags: Uint8Array.from(edges.from, (_, edge) => flagsOf(edge)),
    lastSeen: Float64Array.from(edges.lastSeen, (seconds) => seconds * 1_000),
    edgeCount,
  };
}
