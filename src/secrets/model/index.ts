export {
  DeliveryTarget,
  type FileTarget,
  type KubernetesTarget,
  type KvTarget,
  toPlace,
} from './delivery.ts';
export { KvPlace, kvShape } from './kv.ts';
export {
  adminsOf,
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
