export { DriftConfig } from './config.ts';
export { type DriftParts, DriftWatch } from './watch.ts';
