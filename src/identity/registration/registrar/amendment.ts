import { type AuditAction, auditEntryOf } from '../../../audit/index.ts';
import type { NewAuditEntry } from '../../../estate/index.ts';
import type { Asking } from '../../authority/index.ts';
import type { Entry } from '../entry.ts';

/** One change of one entry. */
export type Amendment =
  | { readonly what: 'register'; readonly entry: Entry; readonly by: Asking }
  | {
      readonly what: 'update';
      readonly before: Entry;
      readonly entry: Entry;
      readonly by: Asking;
    }
  /** The reason is why it ends. */
  | { readonly what: 'retire'; readonly entry: Entry; readonly by: Asking };

const ACTIONS: Readonly<Record<Amendment['what'], AuditAction>> = {
  register: 'identity.register',
  update: 'identity.update',
  retire: 'identity.retire',
};

/** What the audit log says of a change. Of an update, only what is no longer the same.
 *  @param now milliseconds since 1970 */
export function auditOf(amendment: Amendment, now: number): NewAuditEntry {
  const { entry, by } = amendment;
  const said = amendment.what === 'update' ? differences(amendment.before, entry) : entry;
  const texts = Object.entries(said).map(([name, value]) => [name, value ?? '']);
  return auditEntryOf(
    ACTIONS[amendment.what],
    entry.spiffeId,
    { ...Object.fromEntries(texts), entry: entry.id },
    { ...by, now },
  );
}

function differences(before: Entry, after: Entry): Partial<Entry> {
  const changed = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(before[name as keyof Entry]) !== JSON.stringify(value),
  );
  return Object.fromEntries(changed);
}
