/** The vault: values in envelopes, the keys that open them, and what those are wrapped with. Keeps nothing itself. */
export { KekConfig } from './config.ts';
export { MAX_ENVELOPE_LENGTH, type Place, rootVersionOf } from './envelope.ts';
export type { Kek, KekContext } from './kek/kek.ts';
export { KEK_FILE, type KekPorts, openKek } from './kek/open.ts';
export { createShamirKek, type ShareProgress } from './kek/shamir/index.ts';
export { createKeyRing, type RingPorts } from './keyring.ts';
export { KeyRing, MAX_ROOT_VERSIONS, parseKeyRing } from './ring.ts';
export { MAX_VALUE_BYTES } from './value.ts';
export { type KeepRing, Vault, type VaultPorts, type VaultStatus } from './vault.ts';
