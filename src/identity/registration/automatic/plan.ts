import { toTimestamp } from '../../../base/clock.ts';
import { compareText } from '../../../base/diagnostic.ts';
import type { Entry } from '../entry.ts';
import {
  type Candidate,
  candidatesOf,
  firstOf,
  type NamingRules,
  type RegisterableService,
  type Unregistered,
} from './candidates.ts';

/** How services of the estate come to their entries, and lose them. */
export interface RegistrationRules extends NamingRules {
  readonly x509TtlSeconds: number;
  readonly jwtTtlSeconds: number;
  /** How long an entry outlives the last source that knew its service: a source that fails for an hour
   *  takes nobody's identity. A service that is said to be retired loses it at once. */
  readonly retireAfterMs: number;
  readonly maxEntries: number;
}

/** An entry that ends. */
export interface Retirement {
  readonly entry: Entry;
  readonly because: string;
}

/** What has to change. Sorted by id. */
export interface RegistrationPlan {
  readonly add: readonly Entry[];
  /** Entries as they should be, in the place of those with their ids. */
  readonly update: readonly Entry[];
  readonly retire: readonly Retirement[];
  /** Services without an identity, and why. */
  readonly unregistered: readonly Unregistered[];
}

/** Compares the services of the estate with the entries that exist. Of an entry, the estate only says
 *  whose it is and, where declarations name any, whom it federates with: TTLs, names and hints that a person has set
 *  stay. When the plan is carried out, planning
 *  again at the same time gives an empty one.
 *  @param now milliseconds since 1970 */
export function planRegistrations(
  services: readonly RegisterableService[],
  existing: readonly Entry[],
  rules: RegistrationRules,
  now: number,
): RegistrationPlan {
  const { candidates, unregistered } = candidatesOf(services, rules);
  const wanted = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  const retired = new Set(services.flatMap((service) => (service.retired ? service.id : [])));
  const known = new Set(existing.map(({ id }) => id));

  const missing = candidates.filter(({ id }) => !known.has(id)).sort(byId);
  const fates = existing.map((entry) => fateOf(entry, wanted.get(entry.id), retired, rules, now));
  const retire = fates.filter((fate) => 'because' in fate);
  const room = Math.max(0, rules.maxEntries - existing.length + retire.length);
  return {
    add: missing.slice(0, room).map((candidate) => newEntry(candidate, rules, now)),
    update: fates
      .filter((fate) => 'changed' in fate)
      .map(({ entry }) => entry)
      .sort(byId),
    retire: retire.sort((a, b) => byId(a.entry, b.entry)),
    unregistered: [
      ...unregistered,
      ...missing.slice(room).flatMap((one) => noRoom(one, rules)),
    ].sort((a, b) => compareText(a.service, b.service) || compareText(a.because, b.because)),
  };
}

type Fate =
  | Retirement
  | { readonly entry: Entry; readonly changed: true }
  | { readonly kept: Entry };

function fateOf(
  entry: Entry,
  wanted: Candidate | undefined,
  retired: ReadonlySet<string>,
  rules: RegistrationRules,
  now: number,
): Fate {
  const isRetired = entry.services.length > 0 && entry.services.every((id) => retired.has(id));
  if (isRetired && !wanted) {
    return { entry, because: `${firstOf(entry.services)} is retired` };
  }
  if (entry.origin === 'person') return { kept: entry };
  if (wanted) return changedTo(entry, { ...calledFor(wanted), absentSince: null });
  const absentSince = entry.absentSince ?? toTimestamp(now);
  if (now - Date.parse(absentSince) >= rules.retireAfterMs) {
    return {
      entry,
      because: `${firstOf(entry.services) || 'no service'} has not called for it since ${absentSince}`,
    };
  }
  return changedTo(entry, { absentSince });
}

function changedTo(entry: Entry, change: Partial<Entry>): Fate {
  const changed = { ...entry, ...change };
  const isSame =
    changed.owner === entry.owner &&
    changed.absentSince === entry.absentSince &&
    changed.federatesWith.join() === entry.federatesWith.join() &&
    changed.services.join('\n') === entry.services.join('\n');
  return isSame ? { kept: entry } : { entry: changed, changed: true };
}

function newEntry(candidate: Candidate, rules: RegistrationRules, now: number): Entry {
  return {
    id: candidate.id,
    spiffeId: candidate.spiffeId,
    selectors: candidate.selectors,
    ...ownership(candidate),
    parent: null,
    x509TtlSeconds: rules.x509TtlSeconds,
    jwtTtlSeconds: rules.jwtTtlSeconds,
    dnsNames: [],
    federatesWith: candidate.federatesWith,
    hint: '',
    expiresAt: null,
    origin: 'automatic',
    absentSince: null,
    createdBy: 'estate',
    createdAt: toTimestamp(now),
  };
}

/** What an entry has of its services for as long as they call for it. */
function calledFor(candidate: Candidate): Partial<Entry> {
  const { federatesWith } = candidate;
  return { ...ownership(candidate), ...(federatesWith.length > 0 && { federatesWith }) };
}

/** Services that share an account have one identity; where their owners differ, nobody answers alone. */
function ownership({ services }: Candidate): Pick<Entry, 'services' | 'owner'> {
  const owners = new Set(services.map(({ owner }) => owner?.owner ?? null));
  const [owner = null] = owners;
  return {
    services: services.map(({ id }) => id),
    owner: owners.size === 1 ? owner : null,
  };
}

function noRoom({ services }: Candidate, { maxEntries }: RegistrationRules): Unregistered[] {
  const because = `there are ${maxEntries} entries already, which is the limit`;
  return services.map(({ id }) => ({ service: id, because }));
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return compareText(a.id, b.id);
}
