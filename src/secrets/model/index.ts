export {
  ROTATION_STEPS,
  RotationPlan,
  RotationRun,
  Secret,
  type SecretVersion,
  Window,
} from './secret.ts';
export type { SecretValue } from './value.ts';
