/** What is usual in an estate, learnt from its traffic. */
export { Baseline, type BaselineParts, type JudgedEdge, type TableSize } from './baseline.ts';
export type { ChangeView } from './explaining.ts';
export { ServiceBaseline } from './model.ts';
export { BaselineSettings } from './settings.ts';
export { EXPLANATION, type Explanation, Usual } from './usual.ts';
