import type { Endpoint, Workload } from './model.ts';
import type { Disguise } from './requests.ts';

export const ATTACK_KINDS = [
  'direct chain',
  'scan',
  'an edge a day',
  'new operation',
  'false claim',
  'missing context',
  'replayed credential',
  'unknown workload',
] as const;
export type AttackKind = (typeof ATTACK_KINDS)[number];

/** One request of an attack. */
export interface Step {
  /** Where it comes from in truth. */
  readonly from: Workload;
  readonly target: Endpoint;
  /** After the step before it. */
  readonly afterMs: number;
  readonly disguise: Disguise;
  /** It does not go on from a request that its workload is serving. */
  readonly isByItself?: boolean;
  /** Whom it is taken for, besides. */
  readonly shownAs?: Workload;
}

/** One request of an attack as it was made: the truth that alerts are held against. */
export interface AttackHop {
  /** Ids of who made it and of whom it shows; and of whom it went to. Some call themselves otherwise than others call
   *  them, and are told of under both names. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly at: number;
  /** Hexadecimal; of the side that was called. */
  readonly traceId: string;
}

export interface Attack {
  readonly number: number;
  readonly kind: AttackKind;
  readonly startsAt: number;
  readonly steps: readonly Step[];
  /** Ids of all that take part in it. */
  readonly services: ReadonlySet<string>;
  readonly hops: AttackHop[];
}
