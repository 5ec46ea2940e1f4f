export {
  type Correcting,
  correct,
  type Deciding,
  type DecisionMade,
  decide,
  undo,
} from './decide.ts';
export { type OwnerQueue, queues } from './queues.ts';
export { type Fragment, type FragmentFormat, isMissing, toSpecification } from './specification.ts';
