/** What a span stands for. */

export { messageCount, messageSide } from './event.ts';
export { MAX_ID_BYTES, spiffeIdOf } from './mtls-peer.ts';
export { type Meaning, type Operation, Operations } from './operation.ts';
export { RequestTarget } from './request-target.ts';
