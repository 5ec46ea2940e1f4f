import type { Place } from './verdict.ts';

/** Whether a workload takes part in a mesh, and what says so. */
export type Membership =
  | { readonly member: true; readonly because?: string }
  | { readonly member: false; readonly because: string; readonly at: Place };
