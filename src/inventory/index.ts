export { classify } from './classification.ts';
export { InventoryConfig } from './config/index.ts';
export { criticalityOf } from './criticality.ts';
export { isOver } from './decisions.ts';
export {
  type DiscoveredAgainstDeclared,
  type DiscoveryFigures,
  discoveredAgainstDeclared,
} from './discovered.ts';
export { declareEverywhere, type SideBySide, sideBySide } from './environments.ts';
export { type Gate, gatesOf } from './gates.ts';
export { type Circumstances, reconcile } from './reconciliation.ts';
export { isCalledAfterBlock } from './review.ts';
export { seenSensitivity } from './sensitivity.ts';
export { covers, meansOperation, shapeOf } from './shape.ts';
export { STAGES, type Stage, type Stages, stageOf } from './stages.ts';
export * from './traffic/index.ts';
export { toCount, toDay } from './words.ts';
export { decisionToFact } from './workflow-facts.ts';
