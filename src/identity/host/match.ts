import { toTimestamp } from '../../base/clock.ts';
import type { Denial, Shown } from '../authority/index.ts';
import { type AttestedWorkload, type EntryIndex, whyNone } from '../registration/index.ts';
import type { Matched } from '../workload-api/index.ts';

/** What is asked for. */
export interface MatchQuery {
  readonly workload: AttestedWorkload;
  /** Only entries of this SPIFFE ID. */
  readonly spiffeId?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly denialOf: (shown: Shown) => Denial | undefined;
}

/** The entries of a workload whose identities are not revoked, or why there is none. */
export function matchWorkload(index: EntryIndex, query: MatchQuery): Matched {
  const { workload, spiffeId, now, denialOf } = query;
  const deniedFor = (id: string): string | undefined => {
    const denial = denialOf({ spiffeId: id, issuedAt: now, keys: [] });
    // one that may return is not refused what is issued from now on
    if (denial?.deny !== 'identity' || denial.issuedBefore !== null) return undefined;
    return `${denial.why}, since ${toTimestamp(denial.at)}`;
  };
  const isWanted = (id: string) => spiffeId === undefined || id === spiffeId;
  const matches = index
    .match(workload, now)
    .filter(({ entry }) => isWanted(entry.spiffeId) && deniedFor(entry.spiffeId) === undefined);
  if (matches.length > 0) return { kind: 'matches', matches };
  const entries = index.entries().filter((entry) => isWanted(entry.spiffeId));
  return { kind: 'none', why: whyNone(entries, workload, now, deniedFor) };
}
