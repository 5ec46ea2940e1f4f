/** Somebody who did not get a value. */
export interface Denial {
  /** SPIFFE ID, or the address of who proved nothing. */
  readonly actor: string;
  /** The id of what was asked for. */
  readonly secret: string;
  readonly label: string;
  readonly why: string;
}

export interface ToldDenial extends Denial {
  /** How many times, since it was told of before. */
  readonly count: number;
}

export interface DenialParts {
  readonly tell: (denial: ToldDenial) => void;
  /** Calls back after so many milliseconds, unless what it gives is called before. */
  readonly after: (milliseconds: number, callBack: () => void) => () => void;
}

const WINDOW_MS = 60_000;
/** Denials that are told apart in one window. */
const MAX_KINDS = 100;

/** What is told of all that are too many to be told apart. */
const OTHERS: Denial = {
  ...{ actor: 'several', secret: 'several', label: 'several' },
  why: `more than ${MAX_KINDS} kinds of denials in a minute`,
};

/** Tells of denials without flooding who is told: of each kind at once when it is first seen in a minute, and at the end
 *  of the minute how many more there were. Beyond 100 kinds a minute, the rest is one sum. */
export class Denials {
  readonly #parts: DenialParts;
  /** Those that are not told yet, by kind. */
  readonly #counts = new Map<string, ToldDenial>();
  #others = 0;
  #cancel: (() => void) | undefined;

  constructor(parts: DenialParts) {
    this.#parts = parts;
  }

  hear(denial: Denial): void {
    this.#cancel ??= this.#parts.after(WINDOW_MS, () => this.flush());
    const key = JSON.stringify([denial.actor, denial.secret, denial.label, denial.why]);
    const known = this.#counts.get(key);
    if (known) this.#counts.set(key, { ...known, count: known.count + 1 });
    else if (this.#counts.size >= MAX_KINDS) this.#others++;
    else {
      this.#counts.set(key, { ...denial, count: 0 });
      this.#parts.tell({ ...denial, count: 1 });
    }
  }

  /** Tells of what was not told yet. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const untold = [...this.#counts.values()].filter(({ count }) => count > 0);
    const others = this.#others;
    this.#counts.clear();
    this.#others = 0;
    for (const denial of untold) this.#parts.tell(denial);
    if (others > 0) this.#parts.tell({ ...OTHERS, count: others });
  }
}
