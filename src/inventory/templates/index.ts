export { NodePool } from './counts/index.ts';
export { createTemplateLearner, fromSnapshot } from './learner.ts';
export { TEMPLATE_LIMITS, type TemplateLimits } from './limits.ts';
export type { Knowledge, LearnedEndpoint, Prior, TemplateLearner } from './port.ts';
