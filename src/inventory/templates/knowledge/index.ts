export { type Known, knownOf, shapeOf } from './known.ts';
export { type KnownTemplate, type PriorNode, steps, templateAt } from './prior-tree.ts';
