export { classify } from './classification.ts';
export { criticalityOf } from './criticality.ts';
export { reconcile } from './reconciliation.ts';
export { covers, meansOperation, shapeOf } from './shape.ts';
export * from './traffic/index.ts';
