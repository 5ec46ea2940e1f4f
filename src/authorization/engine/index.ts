export { Engine } from './engine.ts';
export type { AskedVerdict, Inspection, NearestOperation } from './inspection.ts';
export { lintPolicy } from './lint/index.ts';
