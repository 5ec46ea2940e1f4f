export { governCredential } from './governance.ts';
export { credentials, DEFAULT_LEAK_LIMITS, type LeakLimits } from './leaks/index.ts';
export {
  CREDENTIAL_PROBLEMS,
  type CredentialProblem,
  type CredentialProblemId,
} from './problems.ts';
