import type {
  AuthorityKeeper,
  Denial,
  RevocationState,
} from '../../../../identity/authority/index.ts';
import { RetryFault } from '../../problem.ts';

/** What has changed in the deny list since a sequence number. */
export interface DenyNews {
  readonly sequence: number;
  /** Whether `added` is the whole list, and takes the place of whatever was known. */
  readonly isComplete: boolean;
  readonly added: readonly Denial[];
  /** Ids of denials that no longer hold. */
  readonly removed: readonly string[];
}

interface Change {
  /** Of the list that it leads from. */
  readonly from: number;
  readonly added: readonly Denial[];
  readonly removed: readonly string[];
}

/** Changes that are remembered, so that whoever knows an earlier list gets what is new in it. */
const MAX_CHANGES = 256;
/** Denials of all of them. */
const MAX_REMEMBERED = 20_000;
/** Enforcement points that wait at once. */
const MAX_WAITING = 2_000;
const RETRY_SECONDS = 5;

/** Tells enforcement points of the deny list: at once what has changed, and otherwise when it does. */
export class DenyFeed {
  readonly #keeper: Pick<AuthorityKeeper, 'state' | 'onChange'>;
  readonly #waiting = new Set<() => void>();
  readonly #changes: Change[] = [];
  readonly #unsubscribe: () => void;
  #seen: RevocationState;

  constructor(keeper: Pick<AuthorityKeeper, 'state' | 'onChange'>) {
    this.#keeper = keeper;
    this.#seen = keeper.state.revocation;
    this.#unsubscribe = keeper.onChange(({ effect }) => {
      if (effect === 'deny') this.#noticed();
    });
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** What is new since `after`; without it, all. Where nothing is, waits for that.
   *  @param onAbandoned calls what it is given when nobody waits for the answer any more
   *  @throws {RetryFault} `identity/waiters-too-many` */
  async since(
    after: number | undefined,
    waitMs: number,
    onAbandoned: (callBack: () => void) => void,
  ): Promise<DenyNews> {
    if (after === this.#seen.sequence && waitMs > 0) await this.#change(waitMs, onAbandoned);
    return this.#newsSince(after);
  }

  /** Answers all that wait. */
  close(): void {
    this.#unsubscribe();
    this.#wake();
  }

  #change(waitMs: number, onAbandoned: (callBack: () => void) => void): Promise<void> {
    if (this.#waiting.size >= MAX_WAITING) {
      const why = `${MAX_WAITING} enforcement points wait already`;
      throw new RetryFault('identity/waiters-too-many', why, RETRY_SECONDS);
    }
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, waitMs).unref();
      this.#waiting.add(wake);
      onAbandoned(wake);
    });
  }

  #noticed(): void {
    const before = this.#seen;
    this.#seen = this.#keeper.state.revocation;
    this.#changes.push(differenceOf(before, this.#seen));
    const remembered = () =>
      this.#changes.reduce((sum, { added, removed }) => sum + added.length + removed.length, 0);
    while (this.#changes.length > MAX_CHANGES || remembered() > MAX_REMEMBERED) {
      this.#changes.shift();
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  #newsSince(after: number | undefined): DenyNews {
    const { sequence, denials } = this.#seen;
    if (after === sequence) return { sequence, isComplete: false, added: [], removed: [] };
    const first = this.#changes.findIndex(({ from }) => from === after);
    if (first === -1) return { sequence, isComplete: true, added: denials, removed: [] };
    return { sequence, isComplete: false, ...sumOf(this.#changes.slice(first)) };
  }
}

/** What of a list an earlier one does not have. A denial that was made anew has another time. */
export function addedSince(before: RevocationState, after: RevocationState): readonly Denial[] {
  const known = new Map(before.denials.map(({ id, at }) => [id, at]));
  return after.denials.filter(({ id, at }) => known.get(id) !== at);
}

function differenceOf(before: RevocationState, after: RevocationState): Change {
  const gone = new Set(before.denials.map(({ id }) => id));
  for (const { id } of after.denials) gone.delete(id);
  return { from: before.sequence, added: addedSince(before, after), removed: [...gone] };
}

/** Changes one after the other as one. */
function sumOf(changes: readonly Change[]): Pick<DenyNews, 'added' | 'removed'> {
  const added = new Map<string, Denial>();
  const removed = new Set<string>();
  for (const change of changes) {
    for (const id of change.removed) {
      added.delete(id);
      removed.add(id);
    }
    for (const denial of change.added) {
      removed.delete(denial.id);
      added.set(denial.id, denial);
    }
  }
  return { added: [...added.values()], removed: [...removed] };
}
