import { type Kind, type Score, SEEN, type Seen, type Share } from './score.ts';

/** Scores of many APIs taken together. */
export interface Summary {
  readonly apis: number;
  readonly operations: number;
  /** Mean of the F1 of each API. */
  readonly averaged: number;
  /** F1 over all operations of all APIs. */
  readonly overall: number;
  readonly precision: number;
  readonly recall: number;
  /** The same with everything that was not answered 404 alone counted as learnt. */
  readonly averagedWithRefused: number;
  readonly overallWithRefused: number;
  /** Overall F1 where two readings are not both right. */
  readonly overallOpen: number;
  readonly recallSeen: Readonly<Record<Seen, number>>;
  /** Recall of operations seen one to four times. */
  readonly recallRare: number;
  readonly byKind: ReadonlyMap<Kind, Share>;
  readonly falselyMerged: number;
  readonly mergedOperations: number;
  readonly swallowedOperations: number;
  readonly grouped: number;
  readonly routed: number;
  /** Probes taken for endpoints, for each API. */
  readonly probes: number;
}

export function summarise(scores: readonly Score[]): Summary {
  const counted = scores.filter(({ operations }) => operations > 0);
  const sum = (measure: (score: Score) => number): number =>
    counted.reduce((total, score) => total + measure(score), 0);
  const shareOf = (of: (score: Score) => Share): number =>
    ratio({ part: sum((score) => of(score).part), whole: sum((score) => of(score).whole) });
  const exact = sum((score) => score.exact);
  const learned = sum((score) => score.learned);
  const operations = sum((score) => score.operations);
  const recallOf = (...seen: readonly Seen[]): number =>
    ratio({
      part: sum((score) => seen.reduce((total, one) => total + score.bySeen[one].part, 0)),
      whole: sum((score) => seen.reduce((total, one) => total + score.bySeen[one].whole, 0)),
    });
  return {
    apis: counted.length,
    operations,
    averaged: sum((score) => f1(score.exact, score.learned, score.operations)) / counted.length,
    overall: f1(exact, learned, operations),
    averagedWithRefused:
      sum(({ withRefused, operations: seen }) => f1(withRefused.exact, withRefused.learned, seen)) /
      counted.length,
    overallWithRefused: f1(
      sum((score) => score.withRefused.exact),
      sum((score) => score.withRefused.learned),
      operations,
    ),
    precision: ratio({ part: exact, whole: learned }),
    recall: ratio({ part: exact, whole: operations }),
    overallOpen: f1(
      sum((score) => score.open.exact),
      sum((score) => score.open.learned),
      sum((score) => score.open.operations),
    ),
    recallSeen: Object.fromEntries(SEEN.map((seen) => [seen, recallOf(seen)])) as Record<
      Seen,
      number
    >,
    recallRare: recallOf('1', '2-4'),
    byKind: kindsOf(counted),
    falselyMerged: shareOf((score) => score.falselyMerged),
    mergedOperations: shareOf((score) => score.mergedOperations),
    swallowedOperations: shareOf((score) => score.swallowedOperations),
    grouped: shareOf((score) => score.grouped),
    routed: shareOf((score) => score.routed),
    probes: sum((score) => score.probes) / counted.length,
  };
}

/** Harmonic mean of precision and recall. */
export function f1(exact: number, learned: number, operations: number): number {
  return learned + operations === 0 ? 0 : (2 * exact) / (learned + operations);
}

export function ratio({ part, whole }: Share): number {
  return whole === 0 ? Number.NaN : part / whole;
}

function kindsOf(scores: readonly Score[]): Map<Kind, Share> {
  const kinds = new Map<Kind, Share>();
  for (const { byKind } of scores) {
    for (const [kind, { part, whole }] of byKind) {
      const known = kinds.get(kind) ?? { part: 0, whole: 0 };
      kinds.set(kind, { part: known.part + part, whole: known.whole + whole });
    }
  }
  return kinds;
}
