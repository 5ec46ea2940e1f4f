/** What guardrails answer, without Cedar: also in services, which have no wasm. */

export { CallContext } from './context.ts';
export { EntityCache } from './entities.ts';
export { CedarJudge } from './judge.ts';
export { isNever } from './never.ts';
export { HalfWorld } from './worlds.ts';
