import { listAt, textAt } from '../../../../base/pick.ts';
import type { Source } from '../../../../estate/index.ts';
import type { Cluster, Resource } from '../../resource.ts';
import { matchesSelector } from '../../selector.ts';
import { namespaceOf } from '../../workload.ts';
import { DANGERS, GROUP, grantsDanger, type RbacControl } from './dangers.ts';

const READER = 'kubernetes';

/** A right that a role gives. */
export interface Grant {
  readonly control: RbacControl;
  readonly right: string;
  /** Absent for roles that come with Kubernetes. */
  readonly source?: Source;
}

/** What the roles that come with Kubernetes let their subjects do. */
const BUILT_IN: Readonly<Record<string, readonly Grant[]>> = {
  'cluster-admin': [
    { control: 'secrets/rbac-reads-secrets', right: 'read Secrets' },
    { control: 'secrets/rbac-escalation', right: 'do everything' },
  ],
  admin: [
    { control: 'secrets/rbac-reads-secrets', right: 'read Secrets' },
    { control: 'secrets/rbac-escalation', right: 'create Pods and bind roles' },
  ],
  edit: [
    { control: 'secrets/rbac-reads-secrets', right: 'read Secrets' },
    { control: 'secrets/rbac-escalation', right: 'create Pods' },
  ],
};

/** Labels by which roles add themselves to those that come with Kubernetes, which also add one to the other.
 *  @see Kubernetes, "Using RBAC Authorization: user-facing roles" */
const ADDED: Readonly<Record<string, readonly string[]>> = {
  view: ['view'],
  edit: ['edit', 'view'],
  admin: ['admin', 'edit', 'view'],
};

/** What the role of a binding gives: one grant for each control, for the first rule that fails it is enough to say so. */
export function grantsOf(cluster: Cluster, binding: Resource): readonly Grant[] {
  const name = textAt(binding.value, 'roleRef', 'name') ?? '';
  const kind = textAt(binding.value, 'roleRef', 'kind') ?? 'ClusterRole';
  const role = cluster
    .of(GROUP, kind)
    .find(
      (candidate) =>
        candidate.name === name &&
        (kind !== 'Role' || namespaceOf(candidate) === namespaceOf(binding)),
    );
  const grants = [
    ...(role ? dangersOf(role) : kind === 'ClusterRole' ? (own(BUILT_IN, name) ?? []) : []),
    ...(kind === 'ClusterRole' ? addedTo(cluster, name, role).flatMap(dangersOf) : []),
  ];
  const byControl = new Map([...grants].reverse().map((grant) => [grant.control, grant]));
  return [...byControl.values()];
}

/** Roles whose rules a role takes over by their labels.
 *  @see Kubernetes, "Using RBAC Authorization: aggregated ClusterRoles" */
function addedTo(cluster: Cluster, name: string, role: Resource | undefined): readonly Resource[] {
  const selectors = listAt(role?.value, 'aggregationRule', 'clusterRoleSelectors');
  const labels = (own(ADDED, name) ?? []).map(
    (to) => `rbac.authorization.k8s.io/aggregate-to-${to}`,
  );
  if (selectors.length === 0 && labels.length === 0) return [];
  return cluster
    .of(GROUP, 'ClusterRole')
    .filter(
      (other) =>
        other !== role &&
        (labels.some((label) => other.labels[label] === 'true') ||
          selectors.some((selector) => matchesSelector(selector, other.labels))),
    );
}

function dangersOf(role: Resource): readonly Grant[] {
  return listAt(role.value, 'rules').flatMap((rule, index) =>
    DANGERS.filter((danger) => grantsDanger(rule, danger)).map(({ control, right }) => ({
      control,
      right,
      source: role.sourceAt(READER, ['rules', index]),
    })),
  );
}

function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
