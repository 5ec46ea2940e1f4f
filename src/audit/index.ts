export { AUDIT_ACTIONS, type AuditAction, auditEntryOf } from './entry.ts';
export { openKeyFile, signerIn } from './key-file.ts';
export { withoutSecrets } from './redaction.ts';
export { auditSeal } from './seal.ts';
