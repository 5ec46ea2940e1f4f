import type { Workload } from '../kubernetes/workload.ts';
import type { Place } from './verdict.ts';

/** Whether a workload takes part in a mesh, and what says so. */
export type Membership =
  | { readonly member: true; readonly because?: string }
  | { readonly member: false; readonly because: string; readonly at: Place };

/** `namespace shop`; manifests often leave it to whoever applies them. */
export function titleOfNamespace({ namespace }: Workload): string {
  return namespace === undefined
    ? 'its namespace, which is not named here,'
    : `namespace ${namespace}`;
}
