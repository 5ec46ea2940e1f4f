import type { Suffixes } from '../suffixes.ts';
import type { View } from '../view.ts';

/** A name, or a mask of values, of a group. */
export interface Member {
  readonly views: readonly View[];
  readonly suffixes: Suffixes;
  readonly belief: number;
  readonly isTyped: boolean;
}
