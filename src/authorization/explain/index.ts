/** Decisions explained: what they follow from, and what would make them otherwise. */
export { type Explanation, explain, type Fact, type Remedy } from './explain.ts';
