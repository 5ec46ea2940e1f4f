export { DecisionLogConfig } from './config.ts';
export type { DecisionEntry, LoggedOutcome } from './entry.ts';
export { DecisionLog, type DecisionTotals } from './log.ts';
