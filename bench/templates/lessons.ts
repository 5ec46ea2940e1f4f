import { PathCounts } from '../../src/inventory/templates/counts/index.ts';
import { answeredAt, answersOf } from '../../src/inventory/templates/learning/answered.ts';
import type { Words } from '../../src/inventory/templates/learning/model.ts';
import { Shapes } from '../../src/inventory/templates/learning/shapes.ts';
import { type View, viewOf } from '../../src/inventory/templates/learning/view.ts';
import { cleanSegment, maskOf, segmentsOf } from '../../src/inventory/templates/paths/index.ts';
import type { Api } from './api.ts';
import { type Dictionary, wordsFor } from './dictionary.ts';
import { addTo } from './learners.ts';
import { poolTraffic } from './pool-traffic.ts';
import { PROFILES, type Profile } from './profiles.ts';
import { type Random, seeded } from './random.ts';
import { PROBE, type Traffic } from './traffic.ts';
import { variedProfile, withVariedBase } from './varied.ts';

/** The traffic of one API in one world, as template learning sees it, and which names are values. */
export interface Lesson {
  /** 0 or 1: what is learnt from one fold can be tried on the other. */
  readonly fold: number;
  readonly shapes: Shapes;
  readonly view: View;
  /** Above 0 for values, below for literals, by how many requests. */
  readonly labels: ReadonlyMap<View, number>;
}

const SEEDS = [7, 17];
/** Worlds drawn by chance, beside the named ones. */
const VARIED = 4;
const [SHOP] = PROFILES as [Profile];
/** In every so many lessons all collections are small and most values are words, which is hardest. */
const HARD_EVERY = 4;
const HARD: Partial<Profile> = {
  poolSizes: [2, 12],
  typed: 0.2,
  habit: 0.2,
  styles: { ...SHOP.styles, slug: 14, name: 5, 'own-words': 4 },
};
/** Requests for each operation, on average: from few to many, as far as the whole is bounded. */
const DENSITY = { low: 3, high: 1000, usual: 30 };
const MAX_REQUESTS = 12_000;

/** Lessons from every API, each in several worlds. */
export function lessonsOf(apis: readonly Api[], dictionary: Dictionary): Lesson[] {
  const vocabulary = [...dictionary.keys()].sort();
  const worlds = Array.from({ length: PROFILES.length + VARIED }, (_, world) => world);
  return SEEDS.flatMap((seed) =>
    apis.flatMap((api, index) => {
      const words = wordsFor(dictionary, api.provider);
      return worlds.map((world) => {
        const random = seeded(seed).fork(`${world} ${api.provider}`);
        const profile = PROFILES[world] ?? variedProfile(vocabulary, random.fork('profile'));
        const isHard = (index + world + seed) % HARD_EVERY === 0;
        const traffic = trafficOf(api, isHard ? { ...profile, ...HARD } : profile, random);
        return lessonOf(traffic, index % 2, words);
      });
    }),
  );
}

function trafficOf(api: Api, profile: Profile, random: Random): Traffic {
  const requests = Math.ceil(api.operations.length * densityOf(api, random.fork('density')));
  const based = withVariedBase(api, random.fork('base'));
  return poolTraffic(profile).generate(based, { requests }, random);
}

function densityOf({ operations }: Api, random: Random): number {
  const { low, high, usual } = DENSITY;
  const density = low * (high / low) ** ((random.next() + random.next()) / 2);
  return Math.min(density, Math.max(usual, MAX_REQUESTS / operations.length));
}

interface Votes {
  value: number;
  literal: number;
  readonly below: Map<string, Votes>;
}

function lessonOf(traffic: Traffic, fold: number, words: Words): Lesson {
  const counts = new PathCounts({ maxNodes: 1e9, maxDepth: 24 });
  const votes: Votes = { value: 0, literal: 0, below: new Map() };
  for (const { method, path, status, truth } of traffic.requests) {
    addTo(counts, { method, path, status, truth });
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
    if (isValue(expected[index] ?? '')) next.value++;
    else next.literal++;
    at = next;
  });
}

/** Whether a segment of a template takes values rather than representations of one thing (`list.{format}`). */
function isValue(segment: string): boolean {
  return segment.includes('{') && !/^[A-Za-z][\w-]*\.\{[^{}]*\}$/.test(segment);
}

function label(view: View, votes: Votes, labels: Map<View, number>): void {
  for (const below of view.below) {
    // a number that stands for itself was voted on under its mask
    const of = votes.below.get(below.token) ?? votes.below.get(maskOf(below.token) ?? '');
    if (of === undefined) continue;
    labels.set(below, of.value - of.literal);
    label(below, of, labels);
  }
}
