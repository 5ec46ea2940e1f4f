import type { NodePool } from './counts/node-pool.ts';

/** What one learner may hold. Within these, everything that it says is exact and independent of order. */
export interface TemplateLimits {
  /** Nodes of paths, about one kilobyte each with what is counted at them. */
  readonly maxNodes: number;
  /** Segments of a path that are told apart; what is deeper is counted at the last. */
  readonly maxDepth: number;
  /** What the learners of several services may hold together. */
  readonly pool?: NodePool;
}

export const TEMPLATE_LIMITS: TemplateLimits = { maxNodes: 16_000, maxDepth: 24 };

/** Kinds of typed segments at one place, and methods of one path. */
export const MAX_KINDS = 64;
export const MAX_METHODS = 16;

/** How many names one place may have. */
export interface Width {
  /** A place with more names than this has values rather than literals: it is thinned out. */
  readonly wide: number;
  /** Names that a wide place keeps. */
  readonly keep: number;
  /** Names that only ever answered 404 which any place keeps. */
  readonly unanswered: number;
  /** Values of a kind (numbers, UUIDs …) that any place keeps apart: the lowest by hash. */
  readonly values: number;
}

/** From the widest. Each time that all nodes together are too many, the next one applies: places with
 *  many names lose them first, since their names are values, and places with few lose none for long. */
export const WIDTHS: readonly Width[] = [
  { wide: 1024, keep: 128, unanswered: 128, values: 4 },
  { wide: 512, keep: 96, unanswered: 64, values: 4 },
  { wide: 256, keep: 64, unanswered: 32, values: 3 },
  { wide: 128, keep: 32, unanswered: 16, values: 2 },
  { wide: 128, keep: 12, unanswered: 8, values: 1 },
  { wide: 64, keep: 8, unanswered: 4, values: 1 },
  { wide: 32, keep: 4, unanswered: 2, values: 1 },
  { wide: 16, keep: 2, unanswered: 1, values: 0 },
  { wide: 8, keep: 1, unanswered: 0, values: 0 },
];
