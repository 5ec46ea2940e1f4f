import type { PriorNode } from '../knowledge/index.ts';
import type { View } from './view.ts';

/** A node of the tree of templates: a literal segment, or a parameter with all its values. */
export class Place {
  /** A literal's text, or a parameter's frame. */
  readonly word: string;
  readonly isParameter: boolean;
  readonly parent: Place | undefined;
  readonly depth: number;
  /** The views that were merged into it. */
  readonly views: readonly View[];
  /** Templates known beforehand that lead through here. */
  readonly priors: readonly PriorNode[];
  /** Places below, by every token that leads to them: names and masks. */
  readonly byToken = new Map<string, Place>();
  readonly below: Place[] = [];

  constructor(
    word: string,
    isParameter: boolean,
    parent: Place | undefined,
    views: readonly View[],
    priors: readonly PriorNode[],
  ) {
    this.word = word;
    this.isParameter = isParameter;
    this.parent = parent;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
    this.views = views;
    this.priors = priors;
  }

  parameter(frame: string): Place | undefined {
    return this.below.find(({ word, isParameter }) => isParameter && word === frame);
  }
}
