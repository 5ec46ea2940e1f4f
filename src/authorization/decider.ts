/** What decides in a service, by the server's own code: a smaller door, which leads to nothing that stores, serves or
 *  knows Cedar's wasm. It runs on Node 20. */
export { MAX_SLICE_BYTES } from './enforcement/feed/format.ts';
export { readSlice } from './enforcement/feed/read-slice.ts';
export { type PolicySlice, toPolicy } from './enforcement/feed/slice.ts';
export { Engine } from './engine/engine.ts';
export { CedarJudge } from './guardrails/judge/judge.ts';
export { type Decision, type Question, REASONS, type Reason } from './model/question.ts';
