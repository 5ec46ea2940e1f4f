export { AUDIT_ACTIONS, type AuditAction, auditEntryOf } from './entry.ts';
export { withoutSecrets } from './redaction.ts';
