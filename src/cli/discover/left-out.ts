import { compareText } from '../../base/diagnostic.ts';

/** Where something lies in the input. `line` begins at 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** What was read and gave no request, of one reason. */
export interface LeftOut {
  readonly reason: string;
  /** `unread`: it could not be made sense of; `passed over`: it is none that an endpoint is learnt
   *  from. */
  readonly kind: 'unread' | 'passed over';
  readonly count: number;
  /** The first of them, where places are known. */
  readonly first: readonly Place[];
}

const MAX_PLACES = 3;

/** Counts what is left out, by reason. */
export class LeftOutCounts {
  readonly #byReason = new Map<string, LeftOut & { count: number; first: Place[] }>();

  add(reason: string, kind: LeftOut['kind'], place?: Place, count = 1): void {
    let known = this.#byReason.get(reason);
    if (known === undefined) {
      known = { reason, kind, count: 0, first: [] };
      this.#byReason.set(reason, known);
    }
    known.count += count;
    if (place !== undefined && known.first.length < MAX_PLACES) known.first.push(place);
  }

  /** What could not be read first, the most frequent reason first. */
  list(): LeftOut[] {
    return [...this.#byReason.values()].sort(
      (a, b) =>
        -compareText(a.kind, b.kind) || b.count - a.count || compareText(a.reason, b.reason),
    );
  }
}
