import { type HopCopy, RANK } from '../hop.ts';
import type { SeenSign } from '../seen-sign.ts';
import type { StorySettings } from './settings.ts';

const HOUR = 3_600_000;

/** Signs of one kind between the same two, told as one: as that of them which says most. */
export interface Told extends SeenSign {
  /** What led to it, the first one first. */
  readonly trail: readonly HopCopy[];
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** What a story is made of. It is data, for it is kept over restarts. */
export interface Story {
  /** Of the origin and first sign when it was begun, or told. */
  id: string;
  firstAt: number;
  lastAt: number;
  /** By kind and parties. */
  readonly told: Map<string, Told>;
  /** Signs that are no longer kept. */
  forgotten: number;
  /** Keys by which further signs find it. */
  readonly keys: Set<string>;
  isAlert: boolean;
  /** How often it was told as something that people should look at; 0: not yet. */
  raised: number;
  /** What it said then, or less where that has faded. */
  raisedScore: number;
  /** What has come since then, after a pause, by kind and parties; and until when it went on without one. */
  readonly unsaid: Map<string, Told>;
  saidAt: number;
  /** What was last told of the alert, and when; `isDue`: there is more. */
  toldAt: number;
  isDue: boolean;
}

export function newStory(at: number): Story {
  return {
    id: '',
    firstAt: at,
    lastAt: at,
    told: new Map(),
    forgotten: 0,
    keys: new Set(),
    isAlert: false,
    raised: 0,
    raisedScore: 0,
    unsaid: new Map(),
    saidAt: 0,
    toldAt: 0,
    isDue: false,
  };
}

/** What it says at a time, in nats: old signs fade, and the same again adds nothing. It does not depend on the order in
 *  which they came. */
export function weightOf(told: Told, now: number, { halfLifeHours }: StorySettings): number {
  const age = Math.max(0, now - told.lastAt) / (halfLifeHours * HOUR);
  return told.sign.score * 2 ** -age;
}

/** Adds a sign. Where there are too many, that which says least is only counted. */
export function addSign(story: Story, seen: Told, settings: StorySettings): void {
  story.firstAt = Math.min(story.firstAt, seen.firstAt);
  if (seen.sign.score >= settings.tellingNats) story.lastAt = Math.max(story.lastAt, seen.lastAt);
  const isMore = isTold(story, seen);
  story.forgotten += put(story.told, seen, story.lastAt, settings);
  if (!story.isAlert) return;
  const isSaid = isMore || seen.lastAt <= story.saidAt + settings.pauseHours * HOUR;
  if (!isSaid) put(story.unsaid, seen, story.lastAt, settings);
  else if (!isMore) story.saidAt = Math.max(story.saidAt, seen.lastAt);
}

/** Whether it shows what people know already. */
function isTold({ told, unsaid }: Story, { group, isNews }: Told): boolean {
  return !isNews && told.has(group) && !unsaid.has(group);
}

/** All that has come is being told. */
export function raise(story: Story, score: number): void {
  story.raised++;
  story.raisedScore = score;
  story.saidAt = story.lastAt;
  story.unsaid.clear();
}

/** Puts a sign among others, and says how many found no place. */
function put(signs: Map<string, Told>, seen: Told, now: number, settings: StorySettings): number {
  const { group } = seen;
  const known = signs.get(group);
  if (!known) {
    signs.set(group, seen);
    return signs.size > settings.maxSigns ? forgetLeast(signs, now, settings) : 0;
  }
  const telling = isMoreTelling(seen, known) ? seen : known;
  signs.set(group, {
    ...telling,
    count: known.count + seen.count,
    firstAt: Math.min(known.firstAt, seen.firstAt),
    lastAt: Math.max(known.lastAt, seen.lastAt),
  });
  return 0;
}

/** Whether more than what callers say of themselves speaks for it. */
export function isProved({ told }: Story): boolean {
  for (const { hop } of told.values()) if (hop.rank === RANK.authenticated) return true;
  return false;
}

/** Puts all of one story into another. */
export function mergeInto(target: Story, other: Story, settings: StorySettings): void {
  for (const told of other.told.values()) addSign(target, told, settings);
  target.forgotten += other.forgotten;
  target.isDue ||= other.isDue;
}

/** Signs as they happened. */
export function inOrder(story: Pick<Story, 'told'>): Told[] {
  return [...story.told.values()].sort(
    (a, b) => a.firstAt - b.firstAt || a.hop.depth - b.hop.depth || a.hop.id - b.hop.id,
  );
}

function isMoreTelling(one: Told, other: Told): boolean {
  const more = one.sign.score - other.sign.score;
  return more > 0 || (more === 0 && one.hop.at < other.hop.at);
}

function forgetLeast(signs: Map<string, Told>, now: number, settings: StorySettings): number {
  let least: Told | undefined;
  let lowest = Infinity;
  for (const told of signs.values()) {
    const weight = weightOf(told, now, settings);
    if (weight < lowest) [least, lowest] = [told, weight];
  }
  if (least) signs.delete(least.group);
  return least?.count ?? 0;
}
