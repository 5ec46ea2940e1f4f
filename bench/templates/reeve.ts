import type { TemplateLearner } from '../../src/inventory/index.ts';
import { reeve } from './learners.ts';

const inventory: Readonly<Record<string, unknown>> = await import('../../src/inventory/index.ts');

export const createLearner = inventory.createTemplateLearner as () => TemplateLearner;

export const REEVE = reeve(createLearner);
