export { governCredential } from './governance.ts';
export {
  CREDENTIAL_PROBLEMS,
  type CredentialProblem,
  type CredentialProblemId,
} from './problems.ts';
