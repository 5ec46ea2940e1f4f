import { compareText } from '../../base/diagnostic.ts';
import type { Labels, NetworkWorkload } from '../../estate/index.ts';
import type { PolicyService } from '../model/index.ts';
import type { PlacedWorkload, Placement, PodSelector } from './compiled.ts';

/** Labels that say by convention what a pod is part of, the usual first; each stays the same from one release to the
 *  next.
 *  @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
const TELLING = [
  ['app.kubernetes.io/name'],
  ['app'],
  ['k8s-app'],
  ['name'],
  ['app.kubernetes.io/name', 'app.kubernetes.io/instance'],
  ['app.kubernetes.io/name', 'app.kubernetes.io/component'],
  ['app', 'component'],
  ['app', 'tier'],
];

/** Where services run, by their ids: those of whose workloads any is known. Services of several environments that share
 *  a namespace and a name share their place. */
export function placementsOf(
  services: readonly Pick<PolicyService, 'id' | 'namespace' | 'name'>[],
  workloads: readonly NetworkWorkload[],
): Map<string, Placement> {
  const placed = new Map<string, PlacedWorkload[]>();
  for (const neighbours of Map.groupBy(workloads, ({ namespace }) => namespace).values()) {
    const selectors = new Selectors(neighbours);
    for (const workload of neighbours) {
      const key = keyOf(workload.namespace, workload.service);
      const others = placed.get(key) ?? [];
      others.push(toPlaced(workload, selectors.of(workload)));
      placed.set(key, others);
    }
  }
  return new Map(
    services.flatMap(({ id, namespace, name }) => {
      const found = placed.get(keyOf(namespace, name));
      if (!found) return [];
      const sorted = found.toSorted((a, b) => compareText(a.name, b.name));
      return [[id, { namespace, workloads: sorted }] as const];
    }),
  );
}

const keyOf = (namespace: string, service: string) => `${namespace}/${service}`;

function toPlaced(workload: NetworkWorkload, selector: PodSelector | undefined): PlacedWorkload {
  const { name, serviceAccount, ports, hostNetwork } = workload;
  return { name, selector, serviceAccount, ports, hostNetwork };
}

/** Selectors that keep the services of one namespace apart. */
class Selectors {
  readonly #byLabel: ReadonlyMap<string, readonly NetworkWorkload[]>;

  constructor(workloads: readonly NetworkWorkload[]) {
    const byLabel = new Map<string, NetworkWorkload[]>();
    for (const workload of workloads) {
      for (const [key, value] of Object.entries(workload.labels)) {
        const label = labelOf(key, value);
        const having = byLabel.get(label);
        if (having) having.push(workload);
        else byLabel.set(label, [workload]);
      }
    }
    this.#byLabel = byLabel;
  }

  /** The usual labels where they tell, else all labels, else those that only others have, too. */
  of(workload: NetworkWorkload): PodSelector | undefined {
    const { labels, service } = workload;
    const own = Object.keys(labels).sort(compareText);
    if (own.length === 0) return undefined;
    const choices = [...TELLING.filter((keys) => keys.every((key) => key in labels)), own];
    for (const keys of choices) {
      if (this.#others(labels, keys, service).length === 0) return selectorOf(labels, keys);
    }
    const absent = new Set<string>();
    for (const other of this.#others(labels, own, service)) {
      const key = Object.keys(other.labels)
        .sort(compareText)
        .find((one) => !(one in labels));
      if (key === undefined) return undefined;
      absent.add(key);
    }
    return { ...selectorOf(labels, own), absent: [...absent].sort(compareText) };
  }

  /** What has these labels, too, and is part of another service. */
  #others(labels: Labels, keys: readonly string[], service: string): NetworkWorkload[] {
    const lists = keys.map((key) => this.#byLabel.get(labelOf(key, labels[key] ?? '')) ?? []);
    const [rarest = []] = lists.toSorted((a, b) => a.length - b.length);
    return rarest.filter(
      (other) =>
        other.service !== service && keys.every((key) => other.labels[key] === labels[key]),
    );
  }
}

const labelOf = (key: string, value: string) => `${key}=${value}`;

function selectorOf(labels: Labels, keys: readonly string[]): PodSelector {
  const matchLabels = Object.fromEntries(keys.map((key) => [key, labels[key] ?? '']));
  return { matchLabels, absent: [] };
}
