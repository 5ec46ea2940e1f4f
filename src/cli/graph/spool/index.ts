export { SPOOL_LIMITS, SpanSpool, type SpoolLimits } from './spool.ts';
