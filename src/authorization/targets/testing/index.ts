export { compare, contextFor, type Lets, type Standing, type TestedTarget } from './agreement.ts';
export { arbitraryRules, isLetIn, type SampleRules } from './rules.ts';
export { type Pod, podOf, type Request, STRANGER, workloadsFor } from './world.ts';
