/** Private keys of authorities: made, and encrypted where they are kept. */
export { MASTER_KEY_FILE, openKeyRing } from './master-keys.ts';
export { type MadeKey, makeKey, openKey, sealKey } from './private-keys.ts';
export { KeyRing, MASTER_KEY_BYTES, type SealedThing } from './seal.ts';
