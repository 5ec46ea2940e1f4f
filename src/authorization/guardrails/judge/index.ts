/** What guardrails answer, without Cedar: also in services, which have no wasm. */
export { CedarJudge } from './judge.ts';
