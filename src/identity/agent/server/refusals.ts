import { auditEntryOf } from '../../../audit/index.ts';
import type { Fault } from '../../../base/fault.ts';
import type { NewAuditEntry } from '../../../estate/index.ts';

/** What was asked for, by whom and when. */
export interface RefusedRequest {
  readonly kind: 'agent' | 'x509' | 'jwt';
  /** SPIFFE ID. */
  readonly subject: string;
  readonly actor: string;
  /** The service of the estate, where one is known. */
  readonly service?: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The entry of the audit log of what was refused before an authority was asked. */
export function refusalEntry(
  { code, message }: Fault,
  { kind, subject, actor, service, now }: RefusedRequest,
): NewAuditEntry {
  const said = { kind, service, code, why: message };
  return auditEntryOf('identity.refuse', subject, said, { actor, reason: '', now });
}
