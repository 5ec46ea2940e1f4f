import { textsAt } from '../../base/pick.ts';
import { find, namespaceOf } from './lookup.ts';
import type { Cluster } from './resource.ts';
import { matchesLabels } from './selector.ts';
import type { Workload } from './workload.ts';

/** A canary is a variant of its service and no other one: a workload named after a Service
 *  (`payment-fix` behind `payment`) that selects it beside the workload of its own name. Jobs carry the
 *  labels of what they prepare, and serve nothing. */
export function withVariants(
  cluster: Cluster,
  workloads: readonly Workload[],
): readonly Workload[] {
  const named = new Set(
    workloads.map((one) => `${namespaceOf(one)}/${one.serviceName}/${one.resource.group}`),
  );
  return workloads.map((workload) => {
    if (workload.resource.group === 'batch') return workload;
    const service = stemsOf(workload.serviceName).find(
      (stem) =>
        named.has(`${namespaceOf(workload)}/${stem}/${workload.resource.group}`) &&
        selectsBoth(cluster, workload, stem, workloads),
    );
    return service === undefined ? workload : { ...workload, serviceName: service };
  });
}

/** `a-b` and `a` of `a-b-c`. */
function stemsOf(name: string): string[] {
  const parts = name.split('-');
  return parts.slice(1).map((_, index) => parts.slice(0, parts.length - 1 - index).join('-'));
}

function selectsBoth(
  cluster: Cluster,
  workload: Workload,
  stem: string,
  workloads: readonly Workload[],
): boolean {
  const namespace = namespaceOf(workload);
  const selector = textsAt(
    find(cluster, '', 'Service', namespace, stem)?.value,
    'spec',
    'selector',
  );
  if (Object.keys(selector).length === 0 || !matchesLabels(selector, workload.podLabels)) {
    return false;
  }
  return workloads.some(
    (other) =>
      other.serviceName === stem &&
      namespaceOf(other) === namespace &&
      matchesLabels(selector, other.podLabels),
  );
}
