export {
  candidatesOf,
  type NamingRules,
  type RegisterableService,
  type Unregistered,
} from './candidates.ts';
export {
  planRegistrations,
  type RegistrationPlan,
  type RegistrationRules,
  type Retirement,
} from './plan.ts';
