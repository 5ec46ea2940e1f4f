/** Policies tested by cases, as code is. */
export { type AskedCall, Asking, NOBODY } from './asking.ts';
export {
  type CaseResult,
  type Coverage,
  type CoverageOf,
  type Decide,
  runCases,
  type TestRun,
} from './run.ts';
