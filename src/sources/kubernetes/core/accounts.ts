import { pick } from '../../../base/pick.ts';
import { find } from '../lookup.ts';
import type { Cluster, ClusterSink } from '../resource.ts';
import { namespaceOf, subjectOf, type Workload, workloadsOf } from '../workload.ts';

const READER = 'kubernetes';

/** Workloads without an identity of their own: those that run as the namespace's `default` account,
 *  and services that share one account. */
export function readAccounts(cluster: Cluster, sink: ClusterSink): void {
  const byAccount = Map.groupBy(
    workloadsOf(cluster),
    (workload) => `${namespaceOf(workload)}/${workload.serviceAccount}`,
  );
  for (const [account, workloads] of byAccount) {
    const services = new Map(workloads.map((workload) => [workload.serviceName, workload]));
    for (const [name, workload] of services) {
      if (workload.serviceAccount === 'default') observeDefault(cluster, account, workload, sink);
      else if (services.size > 1) {
        observeShared(
          account,
          workload,
          [...services.keys()].filter((other) => other !== name),
          sink,
        );
      }
    }
  }
}

function observeDefault(cluster: Cluster, account: string, workload: Workload, sink: ClusterSink) {
  const token = mountsToken(cluster, workload) ? ', whose token is mounted into it' : '';
  sink.observe({
    kind: 'weakness',
    control: 'identity/default-account',
    subject: subjectOf(workload),
    object: `ServiceAccount ${account}`,
    message: `${workload.serviceName} runs as the default account of its namespace${token}`,
    source: workload.resource.sourceAt(READER, [...workload.podSpecPath, 'serviceAccountName']),
  });
}

/** The pod decides before the account; mounting is the default.
 *  @see Kubernetes API, PodSpec.automountServiceAccountToken */
function mountsToken(cluster: Cluster, workload: Workload): boolean {
  const account = find(
    cluster,
    '',
    'ServiceAccount',
    namespaceOf(workload),
    workload.serviceAccount,
  );
  const field = 'automountServiceAccountToken';
  return (pick(workload.podSpec, field) ?? pick(account?.value, field) ?? true) !== false;
}

function observeShared(
  account: string,
  workload: Workload,
  others: readonly string[],
  sink: ClusterSink,
): void {
  const shown = others.slice(0, 5).join(', ') + (others.length > 5 ? ' …' : '');
  sink.observe({
    kind: 'weakness',
    control: 'identity/shared-account',
    subject: subjectOf(workload),
    object: `ServiceAccount ${account}`,
    message: `${workload.serviceName} shares the account ${account} with ${shown}`,
    source: workload.resource.sourceAt(READER, [...workload.podSpecPath, 'serviceAccountName']),
  });
}
