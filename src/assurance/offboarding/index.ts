export {
  type Leaving,
  type Left,
  Offboarding,
  type OffboardingPlan,
  Retired,
  type Retirer,
  type Step,
} from './model.ts';
export { type OffboardingParts, Offboardings, type OffboardingView } from './offboardings.ts';
