import type { SeenSign } from '../seen-sign.ts';
import type { StorySettings } from './settings.ts';
import type { Story } from './story.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;
/** Of one story; further traces and services do not lead to it. */
const MAX_KEYS = 512;

/** Where a sign belongs. Two signs are of one story if they are of one trace, come from one origin within the window, or
 *  if what the one reached is where the other went on from soon after. */
export class Grouping {
  readonly #stories = new Map<string, Set<Story>>();
  readonly #settings: StorySettings;

  constructor(settings: StorySettings) {
    this.#settings = settings;
  }

  /** The stories that a sign belongs to: more than one where it connects them. */
  of(seen: SeenSign): Set<Story> {
    const found = new Set<Story>();
    const { hop } = seen;
    const origin = originOf(seen);
    if (hop.traceId !== null) this.#find(`t${hop.traceId}`, () => true, found);
    this.#find(origin, (story) => this.#isInWindow(story, hop.at), found);
    if (!this.#isTelling(seen)) return found;
    for (const from of startsOf(seen)) {
      this.#find(`r${from}`, (story) => this.#hasReached(story, from, hop.at), found);
    }
    if (hop.callee !== 0) {
      this.#find(`s${hop.callee}`, (story) => this.#wentOnFrom(story, hop.callee, hop.at), found);
    }
    return found;
  }

  /** Lets a story be found by a sign that it has got. */
  add(story: Story, seen: SeenSign): void {
    const { hop } = seen;
    this.#put(originOf(seen), story);
    for (const from of startsOf(seen)) this.#put(`s${from}`, story);
    if (hop.traceId !== null) this.#put(`t${hop.traceId}`, story);
    if (hop.callee !== 0) this.#put(`r${hop.callee}`, story);
  }

  remove(story: Story): void {
    for (const key of story.keys) {
      const stories = this.#stories.get(key);
      stories?.delete(story);
      if (stories?.size === 0) this.#stories.delete(key);
    }
    story.keys.clear();
  }

  /** Lets a story that was kept be found by its keys again. */
  restore(story: Story): void {
    for (const key of [...story.keys]) this.#put(key, story);
  }

  /** Lets a story be found by all that another was found by, which is found no more. */
  hand(other: Story, story: Story): void {
    const keys = [...other.keys];
    this.remove(other);
    for (const key of keys) this.#put(key, story);
  }

  #put(key: string, story: Story): void {
    if (story.keys.size >= MAX_KEYS && !story.keys.has(key)) return;
    story.keys.add(key);
    const stories = this.#stories.get(key);
    if (stories) stories.add(story);
    else this.#stories.set(key, new Set([story]));
  }

  #find(key: string, fits: (story: Story) => boolean, found: Set<Story>): void {
    const stories = this.#stories.get(key);
    if (stories === undefined) return;
    for (const story of stories) if (fits(story)) found.add(story);
  }

  #isInWindow(story: Story, at: number): boolean {
    const { windowHours, quietHours } = this.#settings;
    const window = (story.isAlert ? quietHours : windowHours) * HOUR;
    return at <= story.lastAt + window && at >= story.firstAt - window;
  }

  /** A sign of the story reached a service shortly before. */
  #hasReached(story: Story, service: number, at: number): boolean {
    for (const told of story.told.values()) {
      if (told.hop.callee !== service || !this.#isTelling(told)) continue;
      if (this.#follows(told.firstAt, told.lastAt, at, at)) return true;
    }
    return false;
  }

  /** A sign of the story started from a service shortly after. */
  #wentOnFrom(story: Story, service: number, at: number): boolean {
    for (const told of story.told.values()) {
      const isFrom = this.#isTelling(told) && startsOf(told).includes(service);
      if (isFrom && this.#follows(at, at, told.firstAt, told.lastAt)) return true;
    }
    return false;
  }

  /** What says little connects nothing: it happens everywhere. */
  #isTelling({ sign }: SeenSign): boolean {
    return sign.score >= this.#settings.tellingNats;
  }

  /** Something that went on from `first` to `last` was followed by what went on from `laterFirst` to `laterLast`. */
  #follows(first: number, last: number, laterFirst: number, laterLast: number): boolean {
    const { continuationHours, skewSeconds } = this.#settings;
    return (
      laterLast >= first - skewSeconds * SECOND && laterFirst <= last + continuationHours * HOUR
    );
  }
}

/** Services that a sign started from: who called, and who truly did. */
export function startsOf({ hop, origin }: SeenSign): number[] {
  const starts = [hop.caller, origin ?? 0].filter((service) => service !== 0);
  return [...new Set(starts)];
}

/** By what further signs of the same origin are known: the service that truly called, else what is known of it. Who came
 *  in from outside is known by what he came to. */
function originOf({ hop, origin }: SeenSign): string {
  if (origin !== undefined && origin !== 0) return `s${origin}`;
  if (hop.caller !== 0) return `s${hop.caller}`;
  if (hop.principal !== 0) return `p${hop.principal}`;
  if (hop.address !== 0) return `a${hop.address}`;
  return `e${hop.callee}`;
}
