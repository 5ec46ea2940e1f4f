export { hasEnded, MAX_PROC_BYTES, type ProcFiles, procFiles } from './files.ts';
export { isDead, type ProcStat, parseStat } from './stat.ts';
export { type ProcStatus, parseStatus } from './status.ts';
