import { listAt, textAt } from '../../../base/pick.ts';
import type { Source } from '../../../estate/index.ts';
import type { Cluster, ClusterSink, Resource } from '../resource.ts';
import { namespaceOf, subjectOf, type Workload, workloadsOf } from '../workload.ts';
import { labelOf } from './backend.ts';

const READER = 'kubernetes';
const GROUP = 'rbac.authorization.k8s.io';

type ControlId = 'secrets/rbac-reads-secrets' | 'secrets/rbac-escalation';

/** A right that leads to secrets or to more rights. */
interface Grant {
  readonly control: ControlId;
  /** `list Secrets` */
  readonly right: string;
  /** Absent for roles that come with Kubernetes. */
  readonly source?: Source;
}

interface Danger {
  readonly control: ControlId;
  readonly right: string;
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** @see Kubernetes, "RBAC good practices: privilege escalation risks" */
const DANGERS: readonly Danger[] = [
  {
    control: 'secrets/rbac-reads-secrets',
    right: 'read Secrets',
    groups: [''],
    resources: ['secrets'],
    verbs: ['get', 'list', 'watch'],
  },
  {
    control: 'secrets/rbac-escalation',
    right: 'create tokens of ServiceAccounts',
    groups: [''],
    resources: ['serviceaccounts/token'],
    verbs: ['create'],
  },
  {
    control: 'secrets/rbac-escalation',
    right: 'create Pods, and so use every Secret and ServiceAccount of the namespace',
    groups: [''],
    resources: ['pods'],
    verbs: ['create'],
  },
  {
    control: 'secrets/rbac-escalation',
    right: 'escalate or bind roles',
    groups: [GROUP],
    resources: ['roles', 'clusterroles'],
    verbs: ['escalate', 'bind'],
  },
  {
    control: 'secrets/rbac-escalation',
    right: 'impersonate others',
    groups: ['', 'authentication.k8s.io'],
    resources: ['users', 'groups', 'serviceaccounts', 'uids'],
    verbs: ['impersonate'],
  },
];

/** What the roles that come with Kubernetes let their subjects do. */
const BUILT_IN: Record<string, readonly Grant[]> = {
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

/** Workloads whose account may read Secrets through the API or gain more rights. */
export function readRbac(cluster: Cluster, sink: ClusterSink): void {
  for (const binding of cluster.of(GROUP, 'ClusterRoleBinding', 'RoleBinding')) {
    const grants = grantsOf(cluster, binding);
    if (grants.length === 0) continue;
    const services = new Map(
      workloadsBoundBy(cluster, binding).map((workload) => [
        `${namespaceOf(workload)}/${workload.serviceName}`,
        workload,
      ]),
    );
    for (const workload of services.values()) {
      for (const grant of grants) observeGrant(binding, workload, grant, sink);
    }
  }
}

/** One grant for each control: the first rule that fails it is enough to say so. */
function grantsOf(cluster: Cluster, binding: Resource): readonly Grant[] {
  const name = textAt(binding.value, 'roleRef', 'name') ?? '';
  const kind = textAt(binding.value, 'roleRef', 'kind') ?? 'ClusterRole';
  const role = cluster
    .of(GROUP, kind)
    .find(
      (candidate) =>
        candidate.name === name &&
        (kind !== 'Role' || namespaceOf(candidate) === namespaceOf(binding)),
    );
  const grants = role ? dangersOf(role) : kind === 'ClusterRole' ? (builtIn(name) ?? []) : [];
  const byControl = new Map([...grants].reverse().map((grant) => [grant.control, grant]));
  return [...byControl.values()];
}

function builtIn(name: string): readonly Grant[] | undefined {
  return Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined;
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

/** A rule for named objects only is what the remedy asks for. */
function grantsDanger(rule: unknown, { groups, resources, verbs }: Danger): boolean {
  return (
    listAt(rule, 'resourceNames').length === 0 &&
    names(rule, 'apiGroups', groups) &&
    names(rule, 'resources', resources) &&
    names(rule, 'verbs', verbs)
  );
}

function names(rule: unknown, field: string, wanted: readonly string[]): boolean {
  return listAt(rule, field).some((item) => {
    const text = textAt(item) ?? '';
    return text === '*' || wanted.includes(text);
  });
}

function workloadsBoundBy(cluster: Cluster, binding: Resource): readonly Workload[] {
  const subjects = listAt(binding.value, 'subjects');
  return workloadsOf(cluster).filter((workload) =>
    subjects.some((subject) => isSubject(subject, binding, workload)),
  );
}

/** By account, or by the groups that accounts are members of.
 *  @see Kubernetes, "Using RBAC Authorization: referring to subjects" */
function isSubject(subject: unknown, binding: Resource, workload: Workload): boolean {
  const name = textAt(subject, 'name');
  const namespace = namespaceOf(workload);
  if (textAt(subject, 'kind') === 'Group') {
    return (
      name === 'system:serviceaccounts' ||
      name === 'system:authenticated' ||
      name === `system:serviceaccounts:${namespace}`
    );
  }
  if (textAt(subject, 'kind') === 'User') {
    return name === `system:serviceaccount:${namespace}:${workload.serviceAccount}`;
  }
  return (
    textAt(subject, 'kind') === 'ServiceAccount' &&
    name === workload.serviceAccount &&
    (textAt(subject, 'namespace') ?? namespaceOf(binding)) === namespace
  );
}

function observeGrant(
  binding: Resource,
  workload: Workload,
  { control, right, source }: Grant,
  sink: ClusterSink,
): void {
  const role = `${textAt(binding.value, 'roleRef', 'kind') ?? 'ClusterRole'} ${textAt(binding.value, 'roleRef', 'name') ?? ''}`;
  const where =
    binding.kind === 'RoleBinding' ? `namespace ${namespaceOf(binding)}` : 'every namespace';
  sink.observe({
    kind: 'weakness',
    control,
    subject: subjectOf(workload),
    object: `${role} via ${labelOf(binding)}`,
    message: `the account ${workload.serviceAccount} of ${workload.serviceName} may ${right} in ${where}, by ${role}`,
    source: source ?? binding.sourceAt(READER, ['roleRef']),
  });
}
