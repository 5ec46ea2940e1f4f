import type { Draw } from './identifiers.ts';
import type { Random } from './random.ts';
import type { Style } from './traffic.ts';

/** What the world behind an API is like; the generators that the learner may be tuned with are three
 *  of these. */
export interface Profile {
  readonly name: string;
  /** How likely a parameter takes each style, when neither its type nor the API's habit says so. */
  readonly styles: Readonly<Record<Style, number>>;
  /** How often a parameter's declared type and format are believed. */
  readonly typed: number;
  /** How often a parameter follows the one style that the API prefers. */
  readonly habit: number;
  /** Distinct values of a collection, smallest and largest; between them by orders of magnitude. */
  readonly poolSizes: readonly [number, number];
  /** How often the values of a parameter belong to the value of the parameter before, and how many
   *  there are then. */
  readonly nested: number;
  readonly nestedSizes: readonly [number, number];
  /** How unevenly values and operations are asked for: exponents of Zipf's law. */
  readonly valueExponent: number;
  readonly operationExponent: number;
  readonly failures: number;
  /** Literals that stand beside a parameter, and how often a parameter gets one. */
  readonly siblings: readonly string[];
  readonly siblingShare: number;
  /** How often a request ends in a slash that the template has not. */
  readonly trailingSlash: number;
  /** How the values of a pool look, where not as in `KINDS`. */
  readonly kinds?: (style: Style, random: Random) => Draw;
}

export const PROFILES: readonly Profile[] = [
  {
    name: 'shop',
    styles: {
      number: 6,
      uuid: 3,
      ulid: 1,
      objectid: 2,
      opaque: 2,
      prefixed: 2,
      slug: 4,
      name: 2,
      'own-words': 1,
      date: 0.5,
      file: 0.5,
    },
    typed: 0.8,
    habit: 0.5,
    poolSizes: [4, 5000],
    nested: 0.3,
    nestedSizes: [1, 40],
    valueExponent: 0.8,
    operationExponent: 0.9,
    failures: 0.04,
    siblings: ['me', 'search', 'latest', 'count', 'export'],
    siblingShare: 0.1,
    trailingSlash: 0,
  },
  {
    name: 'platform',
    styles: {
      number: 1,
      uuid: 4,
      ulid: 3,
      objectid: 2,
      opaque: 5,
      prefixed: 5,
      slug: 5,
      name: 1,
      'own-words': 2,
      date: 0.5,
      file: 0.5,
    },
    typed: 0.3,
    habit: 0.3,
    poolSizes: [2, 20_000],
    nested: 0.7,
    nestedSizes: [1, 12],
    valueExponent: 1.1,
    operationExponent: 1.1,
    failures: 0.06,
    siblings: ['self', 'current', 'default', '_search', 'batch', 'summary'],
    siblingShare: 0.15,
    trailingSlash: 0.01,
  },
  {
    name: 'content',
    styles: {
      number: 2,
      uuid: 1,
      ulid: 0.5,
      objectid: 1,
      opaque: 2,
      prefixed: 1,
      slug: 10,
      name: 5,
      'own-words': 5,
      date: 2,
      file: 3,
    },
    typed: 0.4,
    habit: 0.2,
    poolSizes: [3, 2000],
    nested: 0.4,
    nestedSizes: [1, 20],
    valueExponent: 0.5,
    operationExponent: 0.7,
    failures: 0.03,
    siblings: ['all', 'popular', 'recent', 'new', 'feed', 'index.html'],
    siblingShare: 0.15,
    trailingSlash: 0.02,
  },
];
