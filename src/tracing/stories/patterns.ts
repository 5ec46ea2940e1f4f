import { startsOf } from './grouping.ts';
import type { StorySettings } from './settings.ts';
import { inOrder, type Story, type Told, weightOf } from './story.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What shows only in several signs together. */
export interface Pattern {
  readonly kind: string;
  /** MITRE ATT&CK, Enterprise. */
  readonly technique: string;
  readonly title: string;
  find(story: Pick<Story, 'told'>, settings: StorySettings): Found | undefined;
}

export interface Found {
  /** Nats that it adds to what its signs say. */
  readonly score: number;
  /** What is said of it, after the name of the service that it began at; without the full stop. */
  readonly reason: string;
  readonly signs: readonly Told[];
}

/** The movement went on from what it had reached. */
const chain: Pattern = {
  kind: 'chain',
  technique: 'T1210',
  title: 'Unusual calls lead from one service to the next',
  find(story, settings) {
    const steps = longestChain(
      inOrder(story).filter((told) => isMovement(told, settings)),
      settings,
    );
    if (steps.length < 2) return undefined;
    const names = [steps[0]?.sign.from ?? '', ...steps.map(({ sign }) => sign.to)];
    return {
      score: Math.min(3, steps.length - 1),
      reason: `unusual calls led on from one service to the next: ${names.map(shortName).join(', ')}`,
      signs: steps,
    };
  },
};

/** Somebody takes his time: something new on several days, always from the same place. */
const slowMovement: Pattern = {
  kind: 'slow-movement',
  technique: 'T1021',
  title: 'A service does something new day after day',
  find(story, settings) {
    const byOrigin = Map.groupBy(
      inOrder(story).filter((told) => isMovement(told, settings)),
      (told) => startsOf(told)[0],
    );
    let best: Told[] = [];
    for (const signs of byOrigin.values()) {
      const apart = daysApart(signs);
      if (apart.length > best.length) best = apart;
    }
    if (best.length < 3) return undefined;
    const added = best.reduce((sum, told) => sum + weightOf(told, told.lastAt, settings), 0);
    return {
      score: Math.min(3, (best.length - 2) * Math.min(1, added / best.length / 3)),
      reason: `${shortName(best[0]?.sign.from ?? '')} did something new on ${best.length} different days: it reached ${best
        .map(({ sign }) => shortName(sign.to))
        .join(', ')}`,
      signs: best,
    };
  },
};

/** What shows in several signs together, as the detections show in one. */
export const PATTERNS: readonly Pattern[] = [chain, slowMovement];

/** Signs of somebody getting somewhere. */
function isMovement({ sign, hop }: Told, { tellingNats }: StorySettings): boolean {
  return hop.callee !== 0 && sign.from !== sign.to && sign.score >= tellingNats;
}

/** The longest row of signs of which each started from what the one before had reached, soon after. */
function longestChain(signs: readonly Told[], settings: StorySettings): Told[] {
  const chains: Told[][] = [];
  let longest: Told[] = [];
  for (const told of signs) {
    let before: Told[] = [];
    for (const one of chains) {
      if (one.length > before.length && continues(one, told, settings)) before = one;
    }
    const chain = [...before, told];
    chains.push(chain);
    if (chain.length > longest.length) longest = chain;
  }
  return longest;
}

function continues(chain: readonly Told[], told: Told, settings: StorySettings): boolean {
  const last = chain[chain.length - 1];
  if (!last || !startsOf(told).includes(last.hop.callee)) return false;
  if (chain.some(({ sign }) => sign.to === told.sign.to || sign.from === told.sign.to))
    return false;
  return (
    told.lastAt >= last.firstAt - settings.skewSeconds * SECOND &&
    told.firstAt <= last.lastAt + settings.continuationHours * HOUR
  );
}

/** The first sign of each day, new places only. */
function daysApart(signs: readonly Told[]): Told[] {
  const days = new Map<number, Told>();
  const reached = new Set<string>();
  for (const told of signs) {
    const day = Math.floor(told.firstAt / DAY);
    const what = `${told.sign.to} ${told.sign.operation}`;
    if (days.has(day) || reached.has(what)) continue;
    days.set(day, told);
    reached.add(what);
  }
  return [...days.values()];
}

/** The last part of a service's id. */
export function shortName(service: string): string {
  return service === '*' ? 'outside' : service.slice(service.lastIndexOf('/') + 1);
}
