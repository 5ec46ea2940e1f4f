export { type KeepingParts, SecretKeeping } from './keeping.ts';
export { type MarkParts, StoreMarkFile } from './mark.ts';
export type { SecretMetadata } from './metadata.ts';
export type { GivenSecret } from './new-secret.ts';
export { checkOverlap } from './plan.ts';
export type { Label, SecretReading } from './reading.ts';
