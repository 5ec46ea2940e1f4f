import type { DecisionEntry } from './entry.ts';

const WINDOW_MILLISECONDS = 60_000;

interface Kind {
  windowStart: number;
  kept: number;
  /** The last one that was left out, and how many were. */
  last: DecisionEntry | undefined;
  leftOut: number;
}

/** Denials by what they are about, so that one caller that tries again and again leaves room for others. */
export class Kinds {
  readonly #perMinute: number;
  readonly #limit: number;
  /** The one that was last new comes last. */
  readonly #kinds = new Map<string, Kind>();

  constructor(perMinute: number, limit: number) {
    this.#perMinute = perMinute;
    this.#limit = limit;
  }

  /** Gives what is to be kept of it and of others: itself, or nothing, and sums of what was left out. */
  add(key: string, entry: () => DecisionEntry, now: number): DecisionEntry[] {
    const kind = this.#kinds.get(key);
    if (!kind) return this.#addKind(key, entry(), now);
    // A clock that was set back begins anew, too.
    const isNew = now - kind.windowStart >= WINDOW_MILLISECONDS || now < kind.windowStart;
    if (!isNew && kind.kept >= this.#perMinute) {
      kind.last = entry();
      kind.leftOut++;
      return [];
    }
    const sums = isNew ? takeSum(kind) : [];
    if (isNew) Object.assign(kind, { windowStart: now, kept: 0 });
    kind.kept++;
    return [...sums, entry()];
  }

  #addKind(key: string, entry: DecisionEntry, now: number): DecisionEntry[] {
    const [oldest] = this.#kinds.size >= this.#limit ? this.#kinds : [];
    if (oldest) this.#kinds.delete(oldest[0]);
    this.#kinds.set(key, { windowStart: now, kept: 1, last: undefined, leftOut: 0 });
    return [...(oldest ? takeSum(oldest[1]) : []), entry];
  }

  /** Sums of all that was left out and not yet told. */
  takeSums(): DecisionEntry[] {
    return [...this.#kinds.values()].flatMap(takeSum);
  }
}

function takeSum(kind: Kind): DecisionEntry[] {
  const { last, leftOut } = kind;
  kind.last = undefined;
  kind.leftOut = 0;
  return last ? [{ ...last, count: leftOut }] : [];
}
