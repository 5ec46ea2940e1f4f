import type { CredentialRecord, ServiceRecord } from '../../estate/index.ts';
import { secondsOf } from './interval.ts';

const DAY = 24 * 60 * 60 * 1000;
const SOON = 30 * DAY;
/** As old as a value that Reeve keeps may be unless configured; those are judged by what is configured. */
const LONG = 90 * DAY;
/** A credential that was just made has time to be brought into use. */
const UNUSED_AT_FIRST = 14 * DAY;
const UNUSED_SINCE = 90 * DAY;

/** A problem that follows from what is known of a credential, and what shows it; '': that it is so says enough. */
export type Derived = readonly [problem: string, because: string];

interface Judged {
  readonly record: CredentialRecord;
  readonly services: ReadonlyMap<string, ServiceRecord>;
  readonly isOwned: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

type Rule = (judged: Judged) => string | undefined;

/** What is wrong with a credential, whoever found it.
 *  @param now milliseconds since 1970 */
export function derivedProblems(judged: Judged): readonly Derived[] {
  return Object.entries(RULES).flatMap(([problem, rule]) => {
    const because = rule(judged);
    return because === undefined ? [] : [[problem, because] as const];
  });
}

/** Each gives what shows the problem, or undefined where there is none. */
const RULES: Readonly<Record<string, Rule>> = {
  unowned: ({ isOwned, record, services }) => {
    if (isOwned) return undefined;
    const owners = new Set(
      record.services.flatMap((id) => services.get(id)?.owner?.owner ?? []).sort(),
    );
    return owners.size < 2 ? '' : `its services belong to ${[...owners].join(', ')}`;
  },
  'no-rotation': ({ record }) => (record.rotation === undefined ? '' : undefined),
  'rotation-differs': ({ record: { secret, declaredRotation, keptRotation } }) => {
    if (secret === undefined || declaredRotation === undefined) return undefined;
    if (keptRotation === undefined) return `${declaredRotation} is declared, and it has no plan`;
    if (secondsOf(declaredRotation) === secondsOf(keptRotation)) return undefined;
    return `${declaredRotation} is declared, and its plan says: ${keptRotation}`;
  },
  'shared-by-services': ({ record }) => (record.services.length > 1 ? '' : undefined),
  'shared-by-environments': ({ record, services }) => {
    const used = new Set(record.services.flatMap((id) => services.get(id)?.environment ?? []));
    // those that speak of it say where it is where nobody knows who uses it, or where they are several
    const spoken = used.size === 0 || record.environments.length > 1 ? record.environments : [];
    const all = new Set([...used, ...spoken]);
    return all.size > 1 ? [...all].sort().join(' and ') : undefined;
  },
  expired: ({ record: { expires }, now }) =>
    expires !== undefined && Date.parse(expires) < now
      ? `it ended on ${dayOf(expires)}`
      : undefined,
  'expires-soon': ({ record: { expires, rotation }, now }) => {
    if (expires === undefined || rotation !== undefined) return undefined;
    const left = Date.parse(expires) - now;
    return left >= 0 && left < SOON ? `it ends on ${dayOf(expires)}` : undefined;
  },
  'long-lived': ({ record: { secret, created, lastRotated }, now }) => {
    const since = lastRotated ?? created;
    if (secret !== undefined || since === undefined) return undefined;
    return now - Date.parse(since) > LONG ? `since ${dayOf(since)}` : undefined;
  },
  'never-used': ({ record: { lastUsed, usesSeenSince, created }, now }) => {
    if (lastUsed !== undefined || usesSeenSince === undefined) return undefined;
    const from = created !== undefined && created > usesSeenSince ? created : usesSeenSince;
    return now - Date.parse(from) > UNUSED_AT_FIRST
      ? `its uses are seen since ${dayOf(from)}`
      : undefined;
  },
  'no-longer-used': ({ record: { lastUsed, usesSeenSince }, now }) => {
    if (lastUsed === undefined || usesSeenSince === undefined) return undefined;
    const isSeen = now - Date.parse(usesSeenSince) > UNUSED_SINCE;
    const isLong = now - Date.parse(lastUsed) > UNUSED_SINCE;
    return isSeen && isLong ? `it was used on ${dayOf(lastUsed)} for the last time` : undefined;
  },
  'of-retired-service': ({ record: { services: users, secret, belongsTo }, services }) => {
    const isGone = (id: string) => services.get(id)?.retired === true;
    const isUnknown = belongsTo !== undefined && secret !== undefined && !services.has(belongsTo);
    if (isUnknown && users.every((id) => !services.has(id) || isGone(id))) {
      return `nothing is known of ${belongsTo}`;
    }
    return users.length > 0 && users.every(isGone) ? '' : undefined;
  },
  copied: ({ record: { keys, secret, delivered } }) => {
    const holders = new Set(keys.flatMap((key) => SECRET.exec(key)?.[1] ?? []));
    for (const filled of delivered) holders.delete(filled);
    const isKeptElsewhere = secret !== undefined;
    if (holders.size <= (isKeptElsewhere ? 0 : 1)) return undefined;
    const named = someOf([...holders].sort());
    return isKeptElsewhere ? `besides Reeve, in the Secret ${named}` : `the Secrets ${named}`;
  },
};

/** The Secret of a key; one without a namespace is the same object wherever it is applied, as far as anybody knows. */
const SECRET = /^secret:([^/#]+\/[^#]+)#/;
const SHOWN = 3;

function someOf(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return more > 0 ? `${names.slice(0, SHOWN).join(', ')} and ${more} more` : names.join(' and ');
}

const dayOf = (time: string): string => time.slice(0, 10);
