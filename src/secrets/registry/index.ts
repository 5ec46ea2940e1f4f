export { type Assigning, assignment, unassignments } from './assignments.ts';
export { type IssuedKey, issuedKeyFacts } from './issued-keys.ts';
export { excessOf } from './over-privileged.ts';
export {
  credentialIdOf,
  type RegistryFacts,
  type RegistryTerms,
  registryFacts,
  type SecretUse,
} from './registry.ts';
export { UseLog, type UseParts } from './use-log.ts';
