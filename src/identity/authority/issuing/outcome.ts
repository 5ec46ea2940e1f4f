import type { Fault } from '../../../base/fault.ts';
import type { NewAuditEntry } from '../../../estate/index.ts';
import type { AuthorityKind } from '../model.ts';

/** What one request counts as: an SVID of a kind, or a refusal, for a service. */
export interface IssueCount {
  readonly service: string;
  readonly what: AuthorityKind | 'refused';
}

/** What became of a request. A refusal is an answer like any other. The entry and the count are for
 *  whoever asks to keep, in one transaction, before the SVID is handed out. */
export type Issuance<Svid> = {
  readonly entry: NewAuditEntry;
  readonly count: IssueCount;
} & (
  | { readonly outcome: 'issued'; readonly svid: Svid }
  | { readonly outcome: 'refused'; readonly fault: Fault }
);

/** How many SVIDs a service was issued, and how often it was refused. */
export type IssueSum = Readonly<Record<IssueCount['what'], number>>;

/** Sums by service. */
export type IssueCounts = ReadonlyMap<string, IssueSum>;

const NONE: IssueSum = { x509: 0, jwt: 0, refused: 0 };
/** Services that are counted apart; the others are counted together under an empty name. */
export const MAX_COUNTED_SERVICES = 20_000;

/** The sums that change where these are added. */
export function sumsAfter(counts: IssueCounts, added: readonly IssueCount[]): IssueCounts {
  const changed = new Map<string, IssueSum>();
  let size = counts.size;
  for (const { service, what } of added) {
    const isKnown = counts.has(service) || changed.has(service);
    const name = isKnown || size < MAX_COUNTED_SERVICES ? service : '';
    const sum = changed.get(name) ?? counts.get(name);
    if (sum === undefined) size++;
    changed.set(name, { ...(sum ?? NONE), [what]: (sum?.[what] ?? 0) + 1 });
  }
  return changed;
}
