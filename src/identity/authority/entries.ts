import { type AuditAction, auditEntryOf } from '../../audit/index.ts';
import type { NewAuditEntry } from '../../estate/index.ts';
import type { Asking } from './model.ts';

/** Actions of the audit log that authorities bring about. */
export type IdentityAction = Extract<AuditAction, `authority.${string}` | `identity.${string}`>;

/** One entry for the audit log.
 *  @param wall milliseconds since 1970 */
export function entryOf(
  action: IdentityAction,
  subject: string,
  said: Readonly<Record<string, unknown>>,
  { actor, reason }: Asking,
  wall: number,
): NewAuditEntry {
  return auditEntryOf(action, subject, said, { actor, reason, now: wall });
}
