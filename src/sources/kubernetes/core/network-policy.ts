import type { DataPath } from '../../../base/data.ts';
import { oncePer } from '../../../base/once.ts';
import { isFields, listAt, pick, textAt, textsAt } from '../../../base/pick.ts';
import type { Permission, Source } from '../../../estate/index.ts';
import type { Cluster, ClusterSink, Resource } from '../resource.ts';
import { servicesSelecting, workloadsSelected } from '../selecting.ts';
import {
  matchesSelector,
  namespaceOf,
  subjectOf,
  type Workload,
  workloadsOf,
} from '../workload.ts';
import { labelOf } from './backend.ts';

const READER = 'kubernetes';
const ADMIN_GROUP = 'policy.networking.k8s.io';

/** Who a rule lets in: workloads as `NAMESPACE/NAME`, namespaces as `NAMESPACE/*`, ranges of
 *  addresses as they are, and `*` for anyone. */
interface Peers {
  readonly from: readonly string[];
  readonly isEveryone: boolean;
}

interface Rule extends Peers {
  readonly effect: Permission['effect'];
  readonly ports: readonly string[];
  readonly source: Source;
}

/** What NetworkPolicies, AdminNetworkPolicies and the BaselineAdminNetworkPolicy let into the
 *  workloads that they select. A NetworkPolicy without a rule admits nobody: a permission of an
 *  empty `from`. */
export function readNetworkPolicies(cluster: Cluster, sink: ClusterSink): void {
  const policies = [
    ...cluster.of('networking.k8s.io', 'NetworkPolicy'),
    ...cluster.of('extensions', 'NetworkPolicy'),
  ];
  for (const policy of policies) readNetworkPolicy(cluster, policy, sink);
  for (const policy of cluster.of(
    ADMIN_GROUP,
    'AdminNetworkPolicy',
    'BaselineAdminNetworkPolicy',
  )) {
    readAdminPolicy(cluster, policy, sink);
  }
}

function readNetworkPolicy(cluster: Cluster, policy: Resource, sink: ClusterSink): void {
  const types = listAt(policy.value, 'spec', 'policyTypes');
  if (types.length > 0 && !types.includes('Ingress')) return;
  const selector = pick(policy.value, 'spec', 'podSelector') ?? {};
  const selected = workloadsSelected(cluster, namespaceOf(policy), selector);
  const rules = listAt(policy.value, 'spec', 'ingress').map((rule, index): Rule => {
    const place = ['spec', 'ingress', index];
    return {
      effect: 'allow',
      ...ingressPeers(cluster, policy, rule),
      ports: portsOf(rule),
      source: policy.sourceAt(READER, place),
    };
  });
  const none: Rule = {
    effect: 'allow',
    from: [],
    isEveryone: false,
    ports: [],
    source: policy.sourceAt(READER, ['spec', 'ingress']),
  };
  for (const workload of selected) {
    for (const rule of rules.length > 0 ? rules : [none]) {
      observeRule(cluster, policy, workload, rule, sink);
    }
  }
}

/** Many policies have rules of the same words, and each may let in hundreds of workloads. */
const peersByText = oncePer((_: Cluster) => new Map<string, Peers>());

function ingressPeers(cluster: Cluster, policy: Resource, rule: unknown): Peers {
  const peers = listAt(rule, 'from');
  if (peers.length === 0) return { from: ['*'], isEveryone: true };
  const known = peersByText(cluster);
  const text = JSON.stringify([namespaceOf(policy), peers]);
  let found = known.get(text);
  if (!found) {
    found = union(peers.map((peer) => peersOf(cluster, policy, peer)));
    known.set(text, found);
  }
  return found;
}

function peersOf(cluster: Cluster, policy: Resource, peer: unknown): Peers {
  const range = textAt(peer, 'ipBlock', 'cidr');
  if (range !== undefined) return { from: [range], isEveryone: isWholeInternet(peer, range) };
  const namespaces = pick(peer, 'namespaceSelector');
  return selectedPeers(cluster, namespaces, pick(peer, 'podSelector'), namespaceOf(policy));
}

function isWholeInternet(peer: unknown, range: string): boolean {
  const isWhole = range === '0.0.0.0/0' || range === '::/0';
  return isWhole && listAt(peer, 'ipBlock', 'except').length === 0;
}

function union(all: readonly Peers[]): Peers {
  return {
    from: [...new Set(all.flatMap(({ from }) => from))].sort(),
    isEveryone: all.some(({ isEveryone }) => isEveryone),
  };
}

/** Pods of one namespace (`own`) where there is no namespace selector. */
function selectedPeers(
  cluster: Cluster,
  namespaceSelector: unknown,
  podSelector: unknown,
  own: string | undefined,
): Peers {
  const isAnyPod = !isFields(podSelector) || isEmptySelector(podSelector);
  if (isFields(namespaceSelector) && isEmptySelector(namespaceSelector) && isAnyPod) {
    return { from: ['*'], isEveryone: true };
  }
  const namespaces = [...namespacesOf(cluster)].flatMap(([name, labels]) =>
    (isFields(namespaceSelector) ? matchesSelector(namespaceSelector, labels) : name === own)
      ? [name]
      : [],
  );
  if (isAnyPod) {
    return { from: namespaces.map((name) => `${name}/*`).sort(), isEveryone: false };
  }
  const workloads = namespaces.flatMap((name) => workloadsSelected(cluster, name, podSelector));
  const names = workloads.map((workload) => `${namespaceOf(workload)}/${workload.serviceName}`);
  return { from: [...new Set(names)].sort(), isEveryone: false };
}

function isEmptySelector(selector: unknown): boolean {
  const terms = listAt(selector, 'matchExpressions').length;
  return terms + Object.keys(textsAt(selector, 'matchLabels')).length === 0;
}

/** Every namespace that an object names, with the labels of its Namespace object. */
const namespacesOf = oncePer((cluster: Cluster) => {
  const namespaces = new Map<string, Readonly<Record<string, string>>>();
  for (const workload of workloadsOf(cluster)) {
    namespaces.set(namespaceOf(workload), workload.namespaceLabels);
  }
  for (const { name, labels } of cluster.of('', 'Namespace')) {
    namespaces.set(name, { ...labels, 'kubernetes.io/metadata.name': name });
  }
  return namespaces;
});

/** `80`, `8000-8100`, a port's name, `53/UDP`; `*` for every port. */
function portsOf(rule: unknown): readonly string[] {
  const ports = listAt(rule, 'ports').map((port) => {
    const first = textAt(port, 'port');
    const last = textAt(port, 'endPort');
    const protocol = textAt(port, 'protocol') ?? 'TCP';
    const range = last === undefined ? (first ?? '*') : `${first}-${last}`;
    return protocol === 'TCP' ? range : `${range}/${protocol}`;
  });
  return ports.length > 0 ? ports : ['*'];
}

function readAdminPolicy(cluster: Cluster, policy: Resource, sink: ClusterSink): void {
  const subject = pick(policy.value, 'spec', 'subject');
  const selected = workloadsOf(cluster).filter((workload) => isSubject(subject, workload));
  listAt(policy.value, 'spec', 'ingress').forEach((rule, index) => {
    const action = textAt(rule, 'action');
    // Pass leaves the decision to NetworkPolicies, so it admits nobody by itself.
    if (action !== 'Allow' && action !== 'Deny') return;
    const place: DataPath = ['spec', 'ingress', index];
    const peers = union(
      listAt(rule, 'from').map((peer) =>
        isFields(pick(peer, 'namespaces'))
          ? selectedPeers(cluster, pick(peer, 'namespaces'), undefined, undefined)
          : selectedPeers(
              cluster,
              pick(peer, 'pods', 'namespaceSelector'),
              pick(peer, 'pods', 'podSelector'),
              undefined,
            ),
      ),
    );
    const effect = action === 'Allow' ? 'allow' : 'deny';
    const source = policy.sourceAt(READER, place);
    for (const workload of selected) {
      observeRule(
        cluster,
        policy,
        workload,
        { ...peers, effect, ports: adminPorts(rule), source },
        sink,
      );
    }
  });
}

function isSubject(subject: unknown, workload: Workload): boolean {
  const namespaces = pick(subject, 'namespaces');
  if (isFields(namespaces)) return matchesSelector(namespaces, workload.namespaceLabels);
  return (
    matchesSelector(pick(subject, 'pods', 'namespaceSelector'), workload.namespaceLabels) &&
    matchesSelector(pick(subject, 'pods', 'podSelector'), workload.podLabels)
  );
}

function adminPorts(rule: unknown): readonly string[] {
  const ports = listAt(rule, 'ports').flatMap((port) => {
    const protocol =
      textAt(port, 'portNumber', 'protocol') ?? textAt(port, 'portRange', 'protocol') ?? 'TCP';
    const suffix = protocol === 'TCP' ? '' : `/${protocol}`;
    const start = textAt(port, 'portRange', 'start');
    const text =
      textAt(port, 'portNumber', 'port') ??
      textAt(port, 'namedPort') ??
      (start === undefined ? undefined : `${start}-${textAt(port, 'portRange', 'end') ?? start}`);
    return text === undefined ? [] : [text + suffix];
  });
  return ports.length > 0 ? ports : ['*'];
}

function observeRule(
  cluster: Cluster,
  policy: Resource,
  workload: Workload,
  { effect, from, isEveryone, ports, source }: Rule,
  sink: ClusterSink,
): void {
  const subject = subjectOf(workload);
  const permission: Permission = {
    policy: labelOf(policy),
    effect,
    layer: 'network',
    from: [...from],
    operations: [...ports],
    source,
  };
  sink.observe({ kind: 'service', subject, permission, source });
  if (!isEveryone || effect !== 'allow' || isOpenByIntent(cluster, workload)) return;
  sink.observe({
    kind: 'weakness',
    control: 'authorization/broad-policy',
    subject,
    object: labelOf(policy),
    message: `${labelOf(policy)} lets everyone reach ${workload.serviceName}${portsText(ports)}`,
    source,
  });
}

function portsText(ports: readonly string[]): string {
  return ports.includes('*') ? ' on every port' : ` on port ${ports.join(', ')}`;
}

/** What a load balancer sends traffic to must let in the addresses of users. */
function isOpenByIntent(cluster: Cluster, workload: Workload): boolean {
  return servicesSelecting(cluster, workload).some((service) =>
    ['LoadBalancer', 'NodePort'].includes(textAt(service.value, 'spec', 'type') ?? ''),
  );
}
