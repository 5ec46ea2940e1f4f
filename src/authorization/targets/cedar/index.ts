/** A policy for Cedar's own evaluator. */
export { compileCedar } from './compile.ts';
