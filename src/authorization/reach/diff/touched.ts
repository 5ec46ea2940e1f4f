import type { Network, NetworkPolicy, NetworkWorkload } from '../../../estate/index.ts';
import type { ServicePermissions } from '../model.ts';
import { selects } from '../selectors.ts';

interface State {
  readonly network: Network;
  readonly permissions: readonly ServicePermissions[];
}

/** The workloads, named `NAMESPACE/NAME`, that something about differs between two states: they themselves, their
 *  namespace, what leads to them, or a policy that selects them. What two others may exchange is what it was, since it
 *  depends on their labels, on the policies that select them, and on nothing else. */
export function touchedWorkloads(base: State, head: State): ReadonlySet<string> {
  const touched = new Set<string>();
  const [before, after] = [base.network, head.network];
  const differing = {
    policies: difference(before.policies, after.policies, ({ title }) => title),
    entries: difference(
      before.entries,
      after.entries,
      ({ via, ...one }) => `${via} ${nameOf(one)}`,
    ),
    namespaces: new Set(
      difference(before.namespaces, after.namespaces, ({ name }) => name).map(({ name }) => name),
    ),
    permissions: new Set(
      difference(base.permissions, head.permissions, serviceName).map(serviceName),
    ),
  };
  for (const one of difference(before.workloads, after.workloads, workloadKey))
    touched.add(idOf(one));
  for (const one of differing.entries) touched.add(nameOf(one));
  for (const { workloads, namespaces } of [before, after]) {
    const labels = new Map(namespaces.map((one) => [one.name, one.labels]));
    for (const workload of workloads) {
      if (
        differing.namespaces.has(workload.namespace) ||
        differing.permissions.has(`${workload.namespace}/${workload.service}`) ||
        differing.policies.some((policy) =>
          isAbout(policy, workload, labels.get(workload.namespace) ?? {}),
        )
      ) {
        touched.add(idOf(workload));
      }
    }
  }
  return touched;
}

/** Both states of whatever is not the same in both, its places apart. Several of one key are taken together. */
function difference<Item>(
  before: readonly Item[],
  after: readonly Item[],
  keyOf: (item: Item) => string,
): Item[] {
  const [was, is] = [Map.groupBy(before, keyOf), Map.groupBy(after, keyOf)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const [old, fresh] = [was.get(key) ?? [], is.get(key) ?? []];
    return textOf(old) === textOf(fresh) ? [] : [...old, ...fresh];
  });
}

function textOf(items: readonly unknown[]): string {
  return JSON.stringify(items, (key, value) => (key === 'source' ? undefined : value));
}

function isAbout(
  { subject }: NetworkPolicy,
  { labels }: NetworkWorkload,
  ofNamespace: Network['namespaces'][number]['labels'],
): boolean {
  return selects(subject.pods, labels) && selects(subject.namespaces, ofNamespace);
}

function workloadKey(workload: NetworkWorkload): string {
  return `${idOf(workload)} ${workload.kind}`;
}

function idOf({ namespace, name }: NetworkWorkload): string {
  return `${namespace}/${name}`;
}

function nameOf({
  namespace,
  workload,
}: {
  readonly namespace: string;
  readonly workload: string;
}): string {
  return `${namespace}/${workload}`;
}

function serviceName({ namespace, name }: ServicePermissions): string {
  return `${namespace}/${name}`;
}
