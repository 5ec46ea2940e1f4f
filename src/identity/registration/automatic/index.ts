export type { NamingRules, RegisterableService, Unregistered } from './candidates.ts';
export {
  planRegistrations,
  type RegistrationPlan,
  type RegistrationRules,
  type Retirement,
} from './plan.ts';
