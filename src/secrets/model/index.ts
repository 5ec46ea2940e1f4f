export {
  Revocation,
  ROTATION_STEPS,
  RotationPlan,
  RotationRun,
  type RotationStep,
  Secret,
  type SecretVersion,
  Window,
} from './secret.ts';
export type { SecretValue } from './value.ts';
