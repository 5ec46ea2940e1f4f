export { Engine } from './engine.ts';
export type { AskedVerdict, Inspection, NearestOperation } from './inspection.ts';
