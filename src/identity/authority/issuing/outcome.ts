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

/** What was issued and refused, by service. */
export type IssueCounts = Readonly<Record<string, Readonly<Record<IssueCount['what'], number>>>>;

const NONE = { x509: 0, jwt: 0, refused: 0 };
/** Services that are counted apart; the others are counted together under an empty name. */
export const MAX_COUNTED_SERVICES = 20_000;

/** Adds to counts. */
export function addCounts(counts: IssueCounts, added: readonly IssueCount[]): IssueCounts {
  const sums = new Map(Object.entries(counts));
  for (const { service, what } of added) {
    const name = sums.has(service) || sums.size < MAX_COUNTED_SERVICES ? service : '';
    const sum = sums.get(name) ?? NONE;
    sums.set(name, { ...sum, [what]: sum[what] + 1 });
  }
  return Object.fromEntries(sums);
}
