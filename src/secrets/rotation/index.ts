export { type CallParts, carryOut, type Rotators } from './call.ts';
export { policyOf, RotationConfig, type RotationPolicy } from './config.ts';
export { step } from './lifecycle.ts';
export { type Look, lookAt } from './look.ts';
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
  type JudgedSecret,
  ROTATION_PROBLEMS,
  type RotationProblem,
  type RotationProblemId,
  rotationProblems,
} from './problems.ts';
export { WorkQueue } from './queue.ts';
export {
  type Claims,
  type Rotator,
  type RotatorContext,
  TargetFault,
  type TargetTrouble,
} from './rotator.ts';
export { RotationRunner, type RunnerParts } from './runner.ts';
export { Schedule, type ScheduleParts } from './schedule.ts';
export { withinStep } from './time-limit.ts';
export { backoff, isTakenByOther, type Waiting, waitOf } from './waiting.ts';
