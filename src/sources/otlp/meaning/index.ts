/** What a span stands for. */

export { type Meaning, type Operation, Operations } from './operation.ts';
export { RequestTarget } from './request-target.ts';
