import { backoff, type RotationPolicy } from '../rotation/index.ts';

/** One failure may lie at the user that was to go; that of a second one says that the target is gone. */
const STRIKES = 2;

/** Which targets do not answer: a thousand users that are to go there wait together, and each is not tried by itself. One
 *  user that cannot be taken away keeps none of the others waiting. */
export class Outages {
  readonly #policy: RotationPolicy;
  readonly #targets = new Map<
    string,
    { readonly strikes: ReadonlySet<string>; readonly rounds: number; readonly until: number }
  >();

  constructor(policy: RotationPolicy) {
    this.#policy = policy;
  }

  /** Milliseconds until it is worth trying.
   *  @param now of a clock that never goes back */
  waitOf(target: string, now: number): number {
    return Math.max(0, (this.#targets.get(target)?.until ?? 0) - now);
  }

  /** It did not answer about `name`. */
  failed(target: string, name: string, now: number, lot: number): void {
    const { strikes, rounds, until } = this.#targets.get(target) ?? NONE;
    const after = new Set(strikes).add(name);
    if (after.size < STRIKES) this.#targets.set(target, { strikes: after, rounds, until });
    else {
      const wait = backoff(rounds + 1, lot, this.#policy);
      this.#targets.set(target, { strikes: new Set(), rounds: rounds + 1, until: now + wait });
    }
  }

  /** It answered. */
  worked(target: string): void {
    this.#targets.delete(target);
  }
}

const NONE = { strikes: new Set<string>(), rounds: 0, until: 0 };
