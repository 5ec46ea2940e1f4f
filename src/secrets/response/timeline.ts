import type { AuditEntry } from '../../estate/index.ts';
import type { Leak, LeakStanding } from './model.ts';

/** What happened, and when: from the audit log, which others can verify. */
export interface LeakMoment {
  /** RFC 3339. */
  readonly at: string;
  /** Milliseconds since the first report. */
  readonly after: number;
  readonly subject: string;
  readonly action: string;
  readonly actor: string;
  readonly detail: AuditEntry['detail'];
  /** Of its entry, for proofs. */
  readonly sequence: number;
}

/** What happened to a leak since it was first reported.
 *  @param entries of the leak and of what it opens, in any order */
export function timelineOf(
  { id, reports, items }: Leak & { readonly standings: readonly LeakStanding[] },
  entries: readonly AuditEntry[],
): readonly LeakMoment[] {
  const start = Date.parse(reports[0]?.at ?? '');
  const own = entries.filter(({ subject }) => subject === id).map(({ sequence }) => sequence);
  const reported = Math.min(...own);
  const subjects = new Set([id, ...items.map(({ subject }) => subject)]);
  return entries
    .filter(({ subject, sequence }) => subjects.has(subject) && sequence >= reported)
    .sort((a, b) => a.sequence - b.sequence)
    .map(({ at, subject, action, actor, detail, sequence }) => ({
      ...{ at, after: Date.parse(at) - start, subject, action, actor, detail, sequence },
    }));
}
