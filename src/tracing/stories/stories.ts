import { stableId } from '../../base/ids.ts';
import type { Hop } from '../hop.ts';
import type { Alert } from '../model.ts';
import type { SeenSign } from '../seen-sign.ts';
import { type AlertParts, scoreOf, toAlert } from './alert.ts';
import { Crowd } from './crowd.ts';
import { Grouping } from './grouping.ts';
import { RecentHops } from './recent-hops.ts';
import { type StoriesState, storiesFrom, toState } from './state.ts';
import {
  addSign,
  inOrder,
  isProved,
  mergeInto,
  newStory,
  raise,
  type Story,
  type Told,
} from './story.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Stories that one sign can put together; the others stay for themselves. */
const MAX_MERGED = 3;

export interface StoriesParts extends AlertParts {
  /** A story is told, or there is more to tell of it. */
  readonly onAlert: (alert: Alert, isNew: boolean) => void;
  /** Nothing further has come within the window: what comes now begins another. */
  readonly onEnd?: (alertId: string) => void;
}

/** Signs that belong together, as stories; a story that says more than chance would is one alert, which grows. What
 *  belongs together does not depend on the order in which it comes within seconds, and time is that of the data. */
export class Stories {
  readonly #parts: StoriesParts;
  readonly #grouping: Grouping;
  readonly #recent: RecentHops;
  readonly #crowd: Crowd;
  #stories = new Set<Story>();

  constructor(parts: StoriesParts) {
    this.#parts = parts;
    this.#grouping = new Grouping(parts.settings);
    this.#recent = new RecentHops(parts.settings.recentHops);
    this.#crowd = new Crowd(parts.settings.maxUnprovedAnHour);
  }

  /** How many stories are followed, alerts among them. */
  get size(): number {
    return this.#stories.size;
  }

  /** Every hop, with what was seen in it. */
  take(hop: Hop, signs: readonly SeenSign[]): void {
    this.#recent.add(hop);
    if (signs.length > 0) this.takeSigns(signs);
  }

  /** Signs that come without a hop of now. */
  takeSigns(signs: readonly SeenSign[]): void {
    const changed = new Set<Story>();
    for (const seen of signs) if (isTimely(seen)) changed.add(this.#join(seen));
    for (const story of changed) if (this.#stories.has(story)) this.#judge(story);
    if (this.#stories.size > this.#parts.settings.maxStories) this.#forgetLeast();
  }

  /** Tells what has changed of alerts, and ends what has been quiet. */
  tick(now: number): void {
    const { windowHours, quietHours, updateSeconds } = this.#parts.settings;
    for (const story of this.#stories) {
      if (story.isDue && now >= story.toldAt + updateSeconds * SECOND)
        this.#tell(story, false, now);
      const hours = story.isAlert ? quietHours : windowHours;
      if (now > story.lastAt + hours * HOUR) this.#end(story);
    }
  }

  /** Takes a story away: people have said what it was. What comes afterwards begins another. */
  end(alertId: string): boolean {
    for (const story of this.#stories) {
      if (!story.isAlert || story.id !== alertId) continue;
      this.#remove(story);
      return true;
    }
    return false;
  }

  /** An alert that still grows, as it is now. */
  alert(alertId: string): Alert | undefined {
    for (const story of this.#stories) {
      if (story.isAlert && story.id === alertId) return toAlert(story, this.#parts);
    }
    return undefined;
  }

  /** JSON values. Numbers are those of the names, which have to be kept beside it. */
  snapshot(): StoriesState {
    return toState(this.#stories);
  }

  /** @throws {Fault} `tracing/state-malformed` */
  static restore(parts: StoriesParts, state: unknown): Stories {
    const stories = new Stories(parts);
    for (const story of storiesFrom(state)) {
      stories.#stories.add(story);
      stories.#grouping.restore(story);
    }
    return stories;
  }

  /** Puts a sign where it belongs, and puts together what it connects. */
  #join(seen: SeenSign): Story {
    const found = [...this.#grouping.of(seen)].sort(byPrecedence).slice(0, MAX_MERGED);
    const story = found[0] ?? this.#begin(seen.hop.at);
    for (const other of found.slice(1)) {
      if (!other.isAlert) this.#merge(story, other);
    }
    const { at } = seen.hop;
    const told: Told = {
      ...seen,
      trail: this.#recent.trail(seen.hop),
      count: 1,
      firstAt: at,
      lastAt: at,
    };
    addSign(story, told, this.#parts.settings);
    this.#grouping.add(story, seen);
    story.isDue = true;
    return story;
  }

  #begin(at: number): Story {
    const story = newStory(at);
    this.#stories.add(story);
    return story;
  }

  #merge(target: Story, other: Story): void {
    mergeInto(target, other, this.#parts.settings);
    this.#grouping.hand(other, target);
    this.#stories.delete(other);
  }

  #judge(story: Story): void {
    const score = scoreOf(story, story.lastAt, this.#parts.settings);
    if (story.isAlert) {
      this.#raiseAnew(story, score);
      return;
    }
    if (score < this.#parts.settings.thresholdNats) return;
    const gathering = this.#crowd.gatherOf(story);
    if (gathering) {
      this.#merge(gathering, story);
      gathering.isDue = true;
      return;
    }
    const first = inOrder(story)[0];
    story.id = stableId(
      'alert',
      first?.sign.from ?? '',
      first?.sign.to ?? '',
      first?.sign.kind ?? '',
      `${story.firstAt}`,
    );
    story.isAlert = true;
    raise(story, score);
    this.#tell(story, true, story.lastAt);
  }

  /** An alert is raised again where, after a pause, so much has come as makes an alert, or where it says so much more. */
  #raiseAnew(story: Story, score: number): void {
    const { settings } = this.#parts;
    story.raisedScore = Math.min(story.raisedScore, score);
    const unsaid = scoreOf({ told: story.unsaid }, story.lastAt, settings);
    if (Math.max(unsaid, score - story.raisedScore) < settings.thresholdNats) return;
    raise(story, score);
    this.#tell(story, false, story.lastAt);
  }

  #tell(story: Story, isNew: boolean, now: number): void {
    story.isDue = false;
    story.toldAt = now;
    if (story.isAlert) this.#parts.onAlert(toAlert(story, this.#parts), isNew);
  }

  #end(story: Story): void {
    this.#remove(story);
    if (story.isAlert) this.#parts.onEnd?.(story.id);
  }

  #remove(story: Story): void {
    this.#grouping.remove(story);
    this.#crowd.end(story);
    this.#stories.delete(story);
  }

  /** Forgets a tenth of the stories: those that say least, and alerts last. */
  #forgetLeast(): void {
    const { settings } = this.#parts;
    const newest = Math.max(...[...this.#stories].map(({ lastAt }) => lastAt));
    const weighed = [...this.#stories].map((story) => ({
      story,
      weight: scoreOf(story, newest, settings) + (story.isAlert ? 1_000_000 : 0),
    }));
    weighed.sort((a, b) => a.weight - b.weight || a.story.lastAt - b.story.lastAt);
    const kept = Math.floor(settings.maxStories * 0.9);
    for (const { story } of weighed.slice(0, this.#stories.size - kept)) this.#end(story);
  }
}

function isTimely({ hop }: SeenSign): boolean {
  return Number.isFinite(hop.at) && Math.abs(hop.at) < 100_000 * DAY;
}

/** Alerts first, then what is proved, so that made-up callers draw nothing to themselves, then what says most: it does not
 *  depend on which was found first. */
function byPrecedence(a: Story, b: Story): number {
  return (
    Number(b.isAlert) - Number(a.isAlert) ||
    Number(isProved(b)) - Number(isProved(a)) ||
    b.told.size - a.told.size ||
    b.lastAt - a.lastAt ||
    a.firstAt - b.firstAt
  );
}
