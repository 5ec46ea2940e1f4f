import type { Hop } from '../hop.ts';
import { EDGE, type EdgeRows } from './edge-rows.ts';
import type { GraphLimits } from './limits.ts';

/** Rows that are looked at for one that makes room. */
const LOOKS = 16;

type Ages = Pick<GraphLimits, 'establishedRequests' | 'restSeconds' | 'staleSeconds'>;

/** Who gets a row once all are taken. A new edge takes the place of one that is stale, of one with lesser evidence that is
 *  rare, or of an equal one that is rare and has rested; else it is refused. So a flood of edges that are seen once
 *  replaces nothing but itself. */
export class Room {
  readonly #rows: EdgeRows;
  readonly #most: number;
  readonly #ages: Ages;
  /** The row that was looked at last. */
  #hand = 0;
  refused = 0;
  replaced = 0;

  constructor(rows: EdgeRows, most: number, ages: Ages) {
    this.#rows = rows;
    this.#most = most;
    this.#ages = ages;
  }

  /** A row for a new edge; 0: there is no room. */
  take(from: number, to: number, hop: Hop): number {
    if (this.#rows.size < this.#most) return this.#rows.add(from, to);
    for (let look = 0; look < LOOKS; look++) {
      this.#hand = (this.#hand % this.#rows.size) + 1;
      if (!this.#makesRoom(this.#hand, hop)) continue;
      this.#rows.replace(this.#hand, from, to);
      this.replaced++;
      return this.#hand;
    }
    this.refused++;
    return 0;
  }

  #makesRoom(row: number, hop: Hop): boolean {
    const rows = this.#rows;
    const { establishedRequests, restSeconds, staleSeconds } = this.#ages;
    const rest = (hop.at - rows.number(row, EDGE.lastSeen)) / 1_000;
    if (rest > staleSeconds) return true;
    if (rows.number(row, EDGE.requests) >= establishedRequests) return false;
    const rank = rows.word(row, EDGE.rank);
    return rank < hop.rank || (rank === hop.rank && rest > restSeconds);
  }
}
