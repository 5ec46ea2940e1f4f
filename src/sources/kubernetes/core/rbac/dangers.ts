import { listAt, textAt } from '../../../../base/pick.ts';

export const GROUP = 'rbac.authorization.k8s.io';

export type RbacControl = 'secrets/rbac-reads-secrets' | 'secrets/rbac-escalation';

/** A right that leads to secrets or to more rights. */
export interface Danger {
  readonly control: RbacControl;
  /** `read Secrets` */
  readonly right: string;
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** @see Kubernetes, "RBAC good practices: privilege escalation risks" */
export const DANGERS: readonly Danger[] = [
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

/** Whether a rule of a role gives a right. One for named objects only is what the remedy asks for. */
export function grantsDanger(rule: unknown, { groups, resources, verbs }: Danger): boolean {
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
