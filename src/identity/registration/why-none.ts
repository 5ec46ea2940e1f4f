import { compareText } from '../../base/diagnostic.ts';
import type { Entry } from './entry.ts';
import { type AttestedWorkload, isGivenBy, isOver } from './entry-index.ts';
import { type Selector, subjectOfSelector } from './selector.ts';

/** A selector that an entry asks for and the workload does not have. */
export interface Lack {
  readonly selector: Selector;
  /** What the workload has instead: its selectors of the same `TYPE:KEY:`, at most three. */
  readonly instead: readonly Selector[];
}

/** An entry that would nearly have matched, and what stood in the way: at least one of the four. */
export interface NearEntry {
  readonly entryId: string;
  readonly spiffeId: string;
  readonly owner: string | null;
  /** How many of the entry's selectors the workload has. */
  readonly held: number;
  readonly lacks: readonly Lack[];
  /** Set where the entry's time is over. */
  readonly expiredAt?: string;
  /** Set where another agent than the workload's own hands the identity out. */
  readonly agent?: string;
  /** Set where the identity is revoked: why. */
  readonly denied?: string;
}

/** Why a workload has no identity. */
export interface WhyNone {
  /** Sorted; at most 64. */
  readonly seen: readonly Selector[];
  readonly seenCount: number;
  /** How many entries there are. */
  readonly entryCount: number;
  /** The nearest first, at most three. */
  readonly near: readonly NearEntry[];
}

const MAX_SEEN = 64;
const MAX_NEAR = 3;
const MAX_INSTEAD = 3;

/** Says why none of the entries gives the workload an identity. The nearest entry is the one of whose
 *  selectors the workload has the greatest share; entries that ask for nothing that it has, nor for
 *  another value of something that it has, are not near. Neither the order of the entries nor that of
 *  the selectors matters. Looks at each entry once.
 *  @param deniedFor why an identity is revoked, if it is */
export function whyNone(
  entries: Iterable<Entry>,
  workload: AttestedWorkload,
  now: number,
  deniedFor: (spiffeId: string) => string | undefined = () => undefined,
): WhyNone {
  const seen = [...new Set(workload.selectors)].sort(compareText);
  const held = new Set(seen);
  const bySubject = Map.groupBy(seen, subjectOfSelector);
  const nearest: Candidate[] = [];
  let entryCount = 0;
  for (const entry of entries) {
    entryCount++;
    const candidate = compare(entry, held, bySubject);
    if (candidate.held > 0 || candidate.alike > 0) keepNearest(nearest, candidate);
  }
  return {
    seen: seen.slice(0, MAX_SEEN),
    seenCount: seen.length,
    entryCount,
    near: nearest.map(({ entry }) => ({
      ...toNear(entry, workload, held, bySubject, now),
      ...revokedFor(deniedFor(entry.spiffeId)),
    })),
  };
}

interface Candidate {
  readonly entry: Entry;
  readonly held: number;
  /** Of the selectors that are lacking, those of which the workload has another value. */
  readonly alike: number;
}

type BySubject = ReadonlyMap<string, readonly Selector[]>;

function compare(entry: Entry, held: ReadonlySet<Selector>, bySubject: BySubject): Candidate {
  let has = 0;
  let alike = 0;
  for (const selector of entry.selectors) {
    if (held.has(selector)) has++;
    else if (bySubject.has(subjectOfSelector(selector))) alike++;
  }
  return { entry, held: has, alike };
}

function keepNearest(nearest: Candidate[], candidate: Candidate): void {
  const place = nearest.findIndex((other) => compareNearness(candidate, other) < 0);
  nearest.splice(place === -1 ? nearest.length : place, 0, candidate);
  if (nearest.length > MAX_NEAR) nearest.pop();
}

/** Shares are compared without dividing, so that equal ones are equal. */
function compareNearness(a: Candidate, b: Candidate): number {
  const [ofA, ofB] = [a.entry.selectors.length, b.entry.selectors.length];
  return (
    b.held * ofA - a.held * ofB ||
    ofA - a.held - (ofB - b.held) ||
    b.alike - a.alike ||
    compareText(a.entry.spiffeId, b.entry.spiffeId) ||
    compareText(a.entry.id, b.entry.id)
  );
}

const revokedFor = (denied: string | undefined) => (denied === undefined ? {} : { denied });

function toNear(
  entry: Entry,
  { agent }: AttestedWorkload,
  held: ReadonlySet<Selector>,
  bySubject: BySubject,
  now: number,
): NearEntry {
  const lacked = entry.selectors.filter((selector) => !held.has(selector));
  return {
    entryId: entry.id,
    spiffeId: entry.spiffeId,
    owner: entry.owner,
    held: entry.selectors.length - lacked.length,
    lacks: lacked.map((selector) => ({
      selector,
      instead: (bySubject.get(subjectOfSelector(selector)) ?? []).slice(0, MAX_INSTEAD),
    })),
    ...(entry.expiresAt !== null && isOver(entry, now) && { expiredAt: entry.expiresAt }),
    ...(entry.parent !== null && !isGivenBy(entry, agent) && { agent: entry.parent }),
  };
}
