import { listAt, textAt } from '../../../../base/pick.ts';
import type { Cluster, ClusterSink, Resource } from '../../resource.ts';
import { namespaceOf, subjectOf, type Workload, workloadsOf } from '../../workload.ts';
import { labelOf } from '../backend.ts';
import { GROUP } from './dangers.ts';
import { type Grant, grantsOf } from './roles.ts';
import { isAccountOf, othersOf } from './subjects.ts';

const READER = 'kubernetes';
const SHOWN = 3;

/** Who may read Secrets through the API or gain more rights: workloads, each by itself, and of each binding all others
 *  together. */
export function readRbac(cluster: Cluster, sink: ClusterSink): void {
  const workloads = workloadsOf(cluster);
  for (const binding of cluster.of(GROUP, 'ClusterRoleBinding', 'RoleBinding')) {
    const grants = grantsOf(cluster, binding);
    if (grants.length === 0) continue;
    const bound = workloadsBoundBy(workloads, binding);
    const services = new Map(
      bound.map((workload) => [`${namespaceOf(workload)}/${workload.serviceName}`, workload]),
    );
    for (const workload of services.values()) {
      for (const grant of grants) observeWorkload(binding, workload, grant, sink);
    }
    const others = othersOf(binding, bound);
    if (others.length > 0) for (const grant of grants) observeOthers(binding, others, grant, sink);
  }
}

function workloadsBoundBy(workloads: readonly Workload[], binding: Resource): readonly Workload[] {
  const subjects = listAt(binding.value, 'subjects');
  return workloads.filter((workload) =>
    subjects.some((subject) => isAccountOf(subject, binding, workload)),
  );
}

function observeWorkload(
  binding: Resource,
  workload: Workload,
  grant: Grant,
  sink: ClusterSink,
): void {
  const who = `the account ${workload.serviceAccount} of ${workload.serviceName}`;
  sink.observe({ ...weaknessOf(binding, who, grant), subject: subjectOf(workload) });
}

function observeOthers(
  binding: Resource,
  others: readonly string[],
  grant: Grant,
  sink: ClusterSink,
): void {
  const more = others.length - SHOWN;
  const who = others.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
  sink.observe(weaknessOf(binding, who, grant));
}

function weaknessOf(binding: Resource, who: string, { control, right, source }: Grant) {
  const role = `${textAt(binding.value, 'roleRef', 'kind') ?? 'ClusterRole'} ${textAt(binding.value, 'roleRef', 'name') ?? ''}`;
  const where =
    binding.kind === 'RoleBinding' ? `namespace ${namespaceOf(binding)}` : 'every namespace';
  return {
    kind: 'weakness',
    control,
    object: `${role} via ${labelOf(binding)}`,
    message: `${who} may ${right} in ${where}, by ${role}`,
    source: source ?? binding.sourceAt(READER, ['roleRef']),
  } as const;
}
