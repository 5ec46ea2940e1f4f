import { loadAll } from 'js-yaml';
import { type Pod, type Request, type Selector, selects } from '../../testing/world.ts';

/** What a network lets through, from the pages of Kubernetes alone: nothing here is shared with what writes policies.
 *  @see https://kubernetes.io/docs/concepts/services-networking/network-policies/ */

interface Policy {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly protocol: string; readonly port: number }[];
}
interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
}

export class Network {
  readonly #policies: readonly Policy[];

  constructor(files: readonly { readonly text: string }[]) {
    this.#policies = files.flatMap(({ text }) => loadAll(text) as Policy[]);
  }

  /** A connection needs both ends. A pod that no policy of a direction selects is open in it. */
  lets(from: Pod, to: Pod, { port }: Request): boolean {
    return this.#opens(to, 'Ingress', from, port) && this.#opens(from, 'Egress', to, port);
  }

  #opens(pod: Pod, type: 'Ingress' | 'Egress', other: Pod, port: number): boolean {
    const policies = this.#policies.filter(
      ({ metadata, spec }) =>
        metadata.namespace === pod.namespace &&
        spec.policyTypes.includes(type) &&
        selects(spec.podSelector, pod.labels),
    );
    if (policies.length === 0) return true;
    return policies.some(({ metadata, spec }) =>
      (type === 'Ingress' ? spec.ingress : spec.egress)?.some((rule) => {
        const peers = type === 'Ingress' ? rule.from : rule.to;
        return isPeer(peers, other, metadata.namespace) && isPort(rule, port);
      }),
    );
  }
}

function isPeer(peers: readonly Peer[] | undefined, pod: Pod, home: string): boolean {
  if (!peers || peers.length === 0) return true;
  return peers.some(({ podSelector, namespaceSelector }) => {
    const labels = { 'kubernetes.io/metadata.name': pod.namespace };
    const isPlace = namespaceSelector ? selects(namespaceSelector, labels) : pod.namespace === home;
    return isPlace && selects(podSelector ?? {}, pod.labels);
  });
}

function isPort({ ports }: Rule, port: number): boolean {
  return !ports || ports.some((one) => one.protocol === 'TCP' && one.port === port);
}
