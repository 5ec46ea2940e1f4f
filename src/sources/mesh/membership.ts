import { listAt, textAt } from '../../base/pick.ts';
import type { Cluster, Resource } from '../kubernetes/resource.ts';
import { runningPodsOf } from '../kubernetes/running-pods.ts';
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

/** Where a pod of the workload runs without the proxy that labels promise: proxies are put into pods as they are
 *  made, so one that is older than the label has none. */
export function withoutProxy(
  cluster: Cluster,
  workload: Workload,
  container: string,
): Membership | undefined {
  const bare = runningPodsOf(cluster, workload).find((pod) => !hasContainer(pod, container));
  if (!bare) return undefined;
  return {
    member: false,
    because: `not injected: pod ${bare.name} runs without ${container}, so it is to be restarted`,
    at: { resource: bare, path: ['spec', 'containers'] },
  };
}

/** Proxies that start before the others are init containers. */
function hasContainer({ value }: Resource, name: string): boolean {
  return ['containers', 'initContainers'].some((list) =>
    listAt(value, 'spec', list).some((container) => textAt(container, 'name') === name),
  );
}
