/** Rows of spans, made hops: one for each request between services. */
export { Assembler, type AssemblerParts } from './assembler.ts';
export { PairingLimits } from './limits.ts';
export { PAIRING_REASONS, type PairingReason } from './reasons.ts';
