import type { CallFact, Fact } from '../../estate/index.ts';
import { amendCalls, type CallChange } from './amend-calls.ts';
import type { KnownEstate } from './keeper.ts';

/** Judging a large estate takes longer than people wait for what they have declared or blocked. So these are taken into
 *  the policy as soon as the store has them, and stay in it until a judgement has begun after them.
 *
 *  Early are declared calls between services that are known, and blocks of endpoints that are known: what the next
 *  judgement is sure to say, too. All else waits for it. */
export class EarlyChanges {
  /** Of each folder, what it declared when it was read last. */
  readonly #declared = new Map<string, ReadonlyMap<string, CallFact>>();
  readonly #folders: readonly string[];
  #changes: Change[] = [];
  /** How many of these were there when the judgement began that is under way. */
  #begun = 0;

  /** @param folders the names of all that are read */
  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** What a folder says now is in the store. What changes is known from the second time on that it was read. */
  read(folder: string, facts: readonly Fact[]): void {
    const before = this.#declared.get(folder);
    const now = new Map(facts.filter(isDeclaredCall).map((fact) => [keyOf(fact), fact]));
    this.#declared.set(folder, now);
    if (!before) return;
    const added = [...now].flatMap(([key, fact]) => (before.has(key) ? [] : [fact]));
    const removed = [...before].flatMap(([key, fact]) =>
      now.has(key) || this.#isSaidElsewhere(key) ? [] : [fact],
    );
    this.#changes.push({ kind: 'calls', added, removed });
  }

  /** Endpoints, by id, of which the store has that they are blocked. */
  block(endpoints: readonly string[]): void {
    this.#changes.push({ kind: 'block', endpoints: new Set(endpoints) });
  }

  /** A judgement begins, and will read the store after this. */
  begin(): void {
    this.#begun = this.#changes.length;
  }

  /** The judgement that began last has ended well. */
  end(): void {
    this.#changes = this.#changes.slice(this.#begun);
    this.#begun = 0;
  }

  /** What was judged, with what has changed since. Lists in which nothing has are the same objects. */
  amend(known: KnownEstate): KnownEstate {
    const calls = this.#changes.filter((one) => one.kind === 'calls');
    const blocked = new Set(
      this.#changes.flatMap((one) => (one.kind === 'block' ? [...one.endpoints] : [])),
    );
    const { judged } = known;
    const toBlock = judged.endpoints.some((one) => !one.blocked && blocked.has(one.id));
    return {
      ...known,
      judged: {
        ...judged,
        calls: amendCalls(judged.calls, known.records, calls),
        endpoints: toBlock
          ? judged.endpoints.map((one) => (blocked.has(one.id) ? { ...one, blocked: true } : one))
          : judged.endpoints,
      },
    };
  }

  /** Nothing is taken away while a folder has not been read: it may say the same. */
  #isSaidElsewhere(key: string): boolean {
    return this.#folders.some((folder) => this.#declared.get(folder)?.has(key) ?? true);
  }
}

type Change =
  | ({ readonly kind: 'calls' } & CallChange)
  | { readonly kind: 'block'; readonly endpoints: ReadonlySet<string> };

function isDeclaredCall(fact: Fact): fact is CallFact {
  return fact.entity === 'call' && fact.source.how === 'declared';
}

const keyOf = ({ id, source: { reader, file, line, column } }: CallFact): string =>
  [id, reader, file, line, column].join('\n');
