export { classify } from './classification.ts';
export { criticalityOf } from './criticality.ts';
export { reconcile } from './reconciliation.ts';
export { covers, meansOperation, shapeOf } from './shape.ts';
export type { Knowledge, LearnedEndpoint, Prior, TemplateLearner } from './templates/port.ts';
export * from './traffic/index.ts';
