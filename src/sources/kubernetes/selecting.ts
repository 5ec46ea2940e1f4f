import { addTo } from '../../base/group-by.ts';
import { oncePer } from '../../base/once.ts';
import { textsAt } from '../../base/pick.ts';
import { namespaceOf } from './lookup.ts';
import type { Cluster, Resource } from './resource.ts';
import { matchesLabels, matchesSelector } from './selector.ts';
import { type Workload, workloadsIn, workloadsOf } from './workload.ts';

/** Who selects whom by labels. Of a selector, those are asked that have the first label that it wants: to ask everyone
 *  in the namespace would take the square of their number. */

type Labels = Readonly<Record<string, string>>;

/** The core Services whose selector selects the workload's pods. A Service without selector selects
 *  nothing. */
export function servicesSelecting(cluster: Cluster, workload: Workload): readonly Resource[] {
  const byLabel = servicesByLabel(cluster);
  return Object.entries(workload.podLabels)
    .flatMap(([key, value]) => byLabel.get(keyOf(namespaceOf(workload), key, value)) ?? [])
    .filter(({ service }) => matchesLabels(selectorOf(service), workload.podLabels))
    .sort((a, b) => a.place - b.place)
    .map(({ service }) => service);
}

/** The workloads behind a core Service. */
export function workloadsBehind(cluster: Cluster, service: Resource): readonly Workload[] {
  const selector = selectorOf(service);
  if (Object.keys(selector).length === 0) return [];
  return candidates(cluster, namespaceOf(service), selector).filter(({ podLabels }) =>
    matchesLabels(selector, podLabels),
  );
}

/** The workloads of a namespace whose pods a LabelSelector selects, see `matchesSelector`. */
export function workloadsSelected(
  cluster: Cluster,
  namespace: string,
  selector: unknown,
): readonly Workload[] {
  return candidates(cluster, namespace, textsAt(selector, 'matchLabels')).filter(({ podLabels }) =>
    matchesSelector(selector, podLabels),
  );
}

function candidates(cluster: Cluster, namespace: string, labels: Labels): readonly Workload[] {
  const [first] = Object.entries(labels);
  return first === undefined
    ? workloadsIn(cluster, namespace)
    : (workloadsByLabel(cluster).get(keyOf(namespace, ...first)) ?? []);
}

const workloadsByLabel = oncePer((cluster: Cluster) => {
  const byLabel = new Map<string, Workload[]>();
  for (const workload of workloadsOf(cluster)) {
    for (const [key, value] of Object.entries(workload.podLabels)) {
      addTo(byLabel, keyOf(namespaceOf(workload), key, value), workload);
    }
  }
  return byLabel;
});

/** Each Service by the first label that it wants, with its place among all. */
const servicesByLabel = oncePer((cluster: Cluster) => {
  const byLabel = new Map<string, { readonly service: Resource; readonly place: number }[]>();
  cluster.of('', 'Service').forEach((service, place) => {
    const [first] = Object.entries(selectorOf(service));
    if (first) addTo(byLabel, keyOf(namespaceOf(service), ...first), { service, place });
  });
  return byLabel;
});

const selectorOf = oncePer(
  (service: Resource): Labels => textsAt(service.value, 'spec', 'selector'),
);

function keyOf(namespace: string, key: string, value: string): string {
  return JSON.stringify([namespace, key, value]);
}
