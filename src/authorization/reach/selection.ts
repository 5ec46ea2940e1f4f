import type {
  AddressBlock,
  LabelSelector,
  Labels,
  NetworkPeer,
  PodSelector,
} from '../../estate/index.ts';
import type { Endpoint, Endpoints, WorkloadEndpoint } from './endpoints.ts';
import { isEveryAddress, rangesOf, within } from './ranges.ts';
import { labelOf, selectorKey, selects } from './selectors.ts';

/** A namespace with the workloads that can be selected there. */
interface Populated {
  readonly labels: Labels;
  readonly workloads: readonly WorkloadEndpoint[];
  /** By `key=value`. */
  readonly byLabel: ReadonlyMap<string, readonly WorkloadEndpoint[]>;
}

function toPopulated(workloads: readonly WorkloadEndpoint[]): Populated {
  const byLabel = new Map<string, WorkloadEndpoint[]>();
  for (const one of workloads) {
    for (const [key, value] of Object.entries(one.workload.labels)) {
      const known = byLabel.get(`${key}=${value}`);
      if (known) known.push(one);
      else byLabel.set(`${key}=${value}`, [one]);
    }
  }
  return { labels: workloads[0]?.namespaceLabels ?? {}, workloads, byLabel };
}

/** Whom selectors and blocks mean, each found once. */
export class Selection {
  readonly #endpoints: Endpoints;
  readonly #all: readonly Populated[];
  /** By the selector of namespaces. */
  readonly #populated = new Map<string, readonly Populated[]>();
  readonly #subjects = new Map<string, readonly WorkloadEndpoint[]>();
  readonly #found = new Map<string, readonly Endpoint[]>();

  constructor(endpoints: Endpoints) {
    this.#endpoints = endpoints;
    const selectable = endpoints.workloads.filter(({ workload }) => !workload.hostNetwork);
    const byNamespace = Map.groupBy(selectable, ({ workload }) => workload.namespace);
    this.#all = [...byNamespace.values()].map(toPopulated);
  }

  /** The workloads that a selector selects; what it says relative to another namespace is left out. */
  workloads(selector: PodSelector): readonly WorkloadEndpoint[] {
    const key = selectorText(selector);
    let found = this.#subjects.get(key);
    if (!found) {
      found = this.#select(selector);
      this.#subjects.set(key, found);
    }
    return found;
  }

  /** The endpoints of one peer of a rule, `everything` excepted. `home` are the labels of the namespace that the policy
   *  is applied in. */
  peers(peer: Exclude<NetworkPeer, { kind: 'everything' }>, home: Labels): readonly Endpoint[] {
    if (peer.kind === 'addresses') {
      const { cidr, except } = peer.block;
      return this.#once(`block ${cidr} ${except.join()}`, () => this.#inBlock(peer.block));
    }
    const { selector } = peer;
    return this.#once(`peer ${selectorText(selector)} ${relativeKey(selector, home)}`, () => [
      ...this.#select(selector).filter((one) => isRelated(selector, home, one.namespaceLabels)),
      ...this.#endpoints.all.filter((one) => one.type === 'controller' && isBare(selector, home)),
    ]);
  }

  /** The address of a pod in its host's network is one of a node, which nobody knows here. */
  #inBlock(block: AddressBlock): readonly Endpoint[] {
    const hosts = isEveryAddress(block)
      ? this.#endpoints.workloads.filter(({ workload }) => workload.hostNetwork)
      : [];
    const { sourceRanges, destinationRanges } = this.#endpoints;
    const ranges = rangesOf(block);
    return [
      ...hosts,
      ...[sourceRanges, destinationRanges].flatMap((all) =>
        ranges.flatMap((range) => within(range, all)),
      ),
    ];
  }

  #select({ namespaces, pods }: PodSelector): readonly WorkloadEndpoint[] {
    const narrow = pods.find(({ operator }) => operator === 'In');
    return this.#namespaces(namespaces).flatMap((namespace) => {
      const candidates = narrow
        ? narrow.values.flatMap((value) => namespace.byLabel.get(`${narrow.key}=${value}`) ?? [])
        : namespace.workloads;
      return candidates.filter(({ workload }) => selects(pods, workload.labels));
    });
  }

  #namespaces(selector: LabelSelector): readonly Populated[] {
    const key = selectorKey(selector);
    let found = this.#populated.get(key);
    if (!found) {
      found = this.#all.filter(({ labels }) => selects(selector, labels));
      this.#populated.set(key, found);
    }
    return found;
  }

  #once(key: string, find: () => readonly Endpoint[]): readonly Endpoint[] {
    let found = this.#found.get(key);
    if (!found) {
      found = find();
      this.#found.set(key, found);
    }
    return found;
  }
}

function selectorText({ namespaces, pods }: PodSelector): string {
  return `${selectorKey(namespaces)}/${selectorKey(pods)}`;
}

/** Nothing is known of the controller's pod, so it is taken for one without labels in a namespace without. */
function isBare(selector: PodSelector, home: Labels): boolean {
  return (
    selects(selector.namespaces, {}) && selects(selector.pods, {}) && isRelated(selector, home, {})
  );
}

/** Whether a namespace has the labels that a selector compares with those of the policy's subject.
 *  @see network-policy-api v0.1.0, NamespacedPeer */
function isRelated(selector: PodSelector, home: Labels, labels: Labels): boolean {
  const { sameLabels = [], notSameLabels = [] } = selector;
  const isSame = (key: string) => labelOf(labels, key) === labelOf(home, key);
  const isThere = (key: string) => labelOf(labels, key) !== undefined;
  return (
    [...sameLabels, ...notSameLabels].every(isThere) &&
    sameLabels.every(isSame) &&
    (notSameLabels.length === 0 || !notSameLabels.every(isSame))
  );
}

/** Whether every pod that policies concern is selected. */
export function isEveryPod(selector: PodSelector): boolean {
  const { namespaces, pods } = selector;
  return namespaces.length === 0 && pods.length === 0 && !isRelative(selector);
}

export function isRelative({ sameLabels, notSameLabels }: PodSelector): boolean {
  return sameLabels !== undefined || notSameLabels !== undefined;
}

function relativeKey(selector: PodSelector, home: Labels): string {
  if (!isRelative(selector)) return '';
  const { sameLabels = [], notSameLabels = [] } = selector;
  return JSON.stringify(
    [sameLabels, notSameLabels].map((keys) => keys.map((key) => [key, labelOf(home, key) ?? null])),
  );
}
