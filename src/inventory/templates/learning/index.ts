export { type Answers, answersOf } from './answered.ts';
export { parameterOf } from './frames.ts';
export { learn } from './learn.ts';
export type { Model } from './model.ts';
export { Place } from './place.ts';
export { singularOf } from './text.ts';
export { TRAINED } from './trained.ts';
export { frameOf } from './view.ts';
