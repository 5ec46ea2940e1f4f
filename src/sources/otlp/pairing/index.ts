/** The two sides of a call, brought together. */

export { encodeHalves } from './halves.ts';
export { Pairing, type PairingHandler } from './pairing.ts';
export { restoreHalves } from './restore.ts';
