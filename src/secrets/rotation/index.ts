export { type CallParts, carryOut } from './call.ts';
export { policyOf, RotationConfig, type RotationPolicy } from './config.ts';
export { step } from './lifecycle.ts';
export type {
  Answer,
  Asking,
  Call,
  Moment,
  SealedValue,
  SecretEffect,
  SecretEvent,
  Step,
  TargetCall,
} from './model.ts';
export type {
  Changed,
  Clocks,
  Deliver,
  Place,
  RotatedSecrets,
  RotationMoment,
  StoreMark,
  ValueBox,
} from './ports.ts';
export {
  ROTATION_PROBLEMS,
  type RotationProblem,
  type RotationProblemId,
  rotationProblems,
} from './problems.ts';
export { type Rotator, type RotatorContext, TargetFault, type TargetTrouble } from './rotator.ts';
export { RotationRunner, type RunnerParts } from './runner.ts';
export { Schedule, type ScheduleParts } from './schedule.ts';
export { type Waiting, waitOf } from './waiting.ts';
