import type { AddressBlock, Labels, NetworkPeer, PodSelector } from '../../estate/index.ts';
import type { Endpoint, Endpoints, WorkloadEndpoint } from './endpoints.ts';
import { isEveryAddress, isWithin, rangesOf } from './ranges.ts';
import { labelOf, selectorKey, selects } from './selectors.ts';

/** Whom selectors and blocks mean, each found once. */
export class Selection {
  readonly #endpoints: Endpoints;
  readonly #byNamespace: ReadonlyMap<string, readonly WorkloadEndpoint[]>;
  readonly #subjects = new Map<string, readonly WorkloadEndpoint[]>();
  readonly #found = new Map<string, readonly Endpoint[]>();

  constructor(endpoints: Endpoints) {
    this.#endpoints = endpoints;
    this.#byNamespace = Map.groupBy(
      endpoints.workloads.filter(({ workload }) => !workload.hostNetwork),
      ({ workload }) => workload.namespace,
    );
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
    const ranges = rangesOf(block);
    const isEverywhere = isEveryAddress(block);
    return this.#endpoints.all.filter((one) => {
      if (one.type === 'workload') return isEverywhere && one.workload.hostNetwork;
      return one.type !== 'controller' && isWithin(one.range, ranges);
    });
  }

  #select({ namespaces, pods }: PodSelector): readonly WorkloadEndpoint[] {
    const found: WorkloadEndpoint[] = [];
    for (const workloads of this.#byNamespace.values()) {
      const [first] = workloads;
      if (!first || !selects(namespaces, first.namespaceLabels)) continue;
      for (const one of workloads) if (selects(pods, one.workload.labels)) found.push(one);
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
