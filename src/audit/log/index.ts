export { hashesOf } from './hashes.ts';
export { proveEntry, verifyEntry } from './proof.ts';
export { entriesOfFile, keptSource } from './sources.ts';
export { toSyslog } from './syslog.ts';
export {
  type AuditProblem,
  type AuditVerdict,
  type KeptCheckpoint,
  type VerifiedSource,
  verifyLog,
} from './verify.ts';
