import {
  type Judgement,
  kindOf,
  type ReviewedChange,
} from '../../authorization/admission/index.ts';
import { type CheckOptions, check, type State } from '../../authorization/check/index.ts';
import type { Fields } from '../../base/pick.ts';
import { type Beside, NOTHING_BESIDE, stateOfCluster, withNetwork } from './known-state.ts';

/** What is followed of a cluster. */
export interface FollowedObjects {
  values(): Iterable<Fields>;
  /** The same, with one object as it would be. Undefined: nothing of it would be kept, so nothing changes. */
  valuesWith(change: ReviewedChange): Iterable<Fields> | undefined;
}

export interface JudgeOptions extends CheckOptions {
  /** Of the cluster. */
  readonly name: string;
  readonly environment: string;
  readonly trustDomains: readonly string[];
}

const NOTHING: Judgement = { violations: [] };

/** Judges what objects would newly allow in a cluster, beside what is there. The state of what is there is kept until
 *  something changes. */
export class AdmissionJudge {
  readonly #objects: FollowedObjects;
  readonly #options: JudgeOptions;
  readonly #clock: () => number;
  #beside = NOTHING_BESIDE;
  #state: State | undefined;

  constructor(objects: FollowedObjects, options: JudgeOptions, clock: () => number) {
    this.#objects = objects;
    this.#options = options;
    this.#clock = clock;
  }

  /** The objects of the cluster are others. */
  changed(): void {
    this.#state = undefined;
  }

  /** What is known beside them is something else. */
  know(beside: Beside): void {
    this.#beside = beside;
    this.#state = undefined;
  }

  /** What is there. */
  get state(): State {
    this.#state ??= this.#stateOf(this.#objects.values());
    return this.#state;
  }

  judge(change: ReviewedChange): Judgement {
    const values = this.#objects.valuesWith(change);
    if (values === undefined) return NOTHING;
    const bearsOn = kindOf(change.group, change.kind)?.bearsOn;
    const before = this.state;
    const after =
      bearsOn === 'network'
        ? withNetwork(before, this.#options.name, values)
        : this.#stateOf(values);
    return { violations: check(before, after, this.#options).violations };
  }

  #stateOf(values: Iterable<Fields>): State {
    return stateOfCluster(values, this.#beside, { ...this.#options, now: this.#clock() });
  }
}
