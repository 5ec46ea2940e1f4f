import { listAt, textAt } from '../../../../base/pick.ts';
import type { Resource } from '../../resource.ts';
import { namespaceOf, type Workload } from '../../workload.ts';

/** Whether a subject of a binding is the account of a workload, by its name or by the groups that accounts are members of.
 *  @see Kubernetes, "Using RBAC Authorization: referring to subjects" */
export function isAccountOf(subject: unknown, binding: Resource, workload: Workload): boolean {
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

/** Subjects of a binding that are no workload's account, in words: people, groups, and accounts that nothing runs as here.
 *  Those that come with Kubernetes are left out. */
export function othersOf(binding: Resource, workloads: readonly Workload[]): readonly string[] {
  if (isGiven(binding)) return [];
  const others = listAt(binding.value, 'subjects').flatMap((subject) => {
    const isRun = workloads.some((workload) => isAccountOf(subject, binding, workload));
    const words = wordsOf(subject, binding);
    return words === undefined || (isRun && !isEveryone(subject)) ? [] : [words];
  });
  return [...new Set(others)].sort();
}

/** Bound by Kubernetes itself, or by what sets a cluster up. */
function isGiven({ name, labels }: Resource): boolean {
  return labels['kubernetes.io/bootstrapping'] !== undefined || /^(?:system|kubeadm):/.test(name);
}

/** Groups that nobody chooses the members of. */
const EVERYONE: Readonly<Record<string, string>> = {
  'system:authenticated': 'everyone who can log in',
  'system:unauthenticated': 'everyone, without logging in',
  'system:anonymous': 'everyone, without logging in',
  'system:serviceaccounts': 'every ServiceAccount',
};

const isEveryone = (subject: unknown): boolean =>
  Object.hasOwn(EVERYONE, textAt(subject, 'name') ?? '');

function wordsOf(subject: unknown, binding: Resource): string | undefined {
  const name = textAt(subject, 'name') ?? '';
  const kind = textAt(subject, 'kind') ?? '';
  if (kind === 'ServiceAccount') {
    return `ServiceAccount ${textAt(subject, 'namespace') ?? namespaceOf(binding)}/${name}`;
  }
  if (kind !== 'User' && kind !== 'Group') return undefined;
  if (isEveryone(subject)) return EVERYONE[name];
  const account = /^system:serviceaccount:([^:]+):(.+)$/.exec(name);
  if (account) return `ServiceAccount ${account[1]}/${account[2]}`;
  const ofNamespace = /^system:serviceaccounts:(.+)$/.exec(name)?.[1];
  if (ofNamespace !== undefined) return `every ServiceAccount of ${ofNamespace}`;
  return name === '' || name.startsWith('system:') ? undefined : `${kind} ${name}`;
}
