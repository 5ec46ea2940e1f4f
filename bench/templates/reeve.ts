import { createTemplateLearner } from '../../src/inventory/templates/index.ts';
import { reeve } from './learners.ts';

/** A learner as the server makes it. */
export const createLearner = (): ReturnType<typeof createTemplateLearner> =>
  createTemplateLearner();

export const REEVE = reeve(createLearner);
