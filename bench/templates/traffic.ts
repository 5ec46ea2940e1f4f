import type { Api, Operation } from './api.ts';
import type { Random } from './random.ts';

/** Kinds of values in paths; the figures are told for each apart. */
export const STYLES = [
  'number',
  'uuid',
  'ulid',
  'objectid',
  'opaque',
  'prefixed',
  'slug',
  'name',
  'own-words',
  'date',
  'file',
] as const;
export type Style = (typeof STYLES)[number];

/** A probe, which belongs to no operation. */
export const PROBE = -1;

export interface Request {
  readonly method: string;
  /** As sent: percent-encoded, without query. */
  readonly path: string;
  readonly status: number;
  /** Index of the operation in `Traffic.operations`, or `PROBE`. */
  readonly truth: number;
}

/** An operation under traffic, which may be none that the specification has: sibling literals of
 *  parameters are added. */
export interface TrueOperation extends Operation {
  /** How the values of each of its parameters look, in order; `undefined` for a closed list. */
  readonly styles: readonly (Style | undefined)[];
  /** One of its parameters takes few values that the specification lists, so that to read each as a
   *  literal would be right as well. */
  readonly isClosed: boolean;
}

/** What one API was asked, in order of time. */
export interface Traffic {
  readonly api: string;
  readonly operations: readonly TrueOperation[];
  readonly requests: readonly Request[];
}

export interface TrafficWanted {
  readonly requests: number;
  /** All free parameters take values of this style; absent: styles are mixed. */
  readonly style?: Style;
}

/** Makes up what clients would ask of an API; equal sources of randomness give equal traffic. */
export interface TrafficGenerator {
  readonly name: string;
  generate(api: Api, wanted: TrafficWanted, random: Random): Traffic;
}
