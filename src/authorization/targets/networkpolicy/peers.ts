import type { PodGroup } from '../callees.ts';
import type { PodSelector } from '../compiled.ts';
import { labelSelector } from '../manifests.ts';

/** What stands in `from` and `to`. */
export interface Peer {
  readonly namespaceSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly podSelector: Readonly<Record<string, unknown>>;
}

/** The label that every namespace has.
 *  @see https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name */
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** Pods of `namespace`, as a policy of the namespace `home` names them. */
export function peerOf(home: string, namespace: string, selector: PodSelector): Peer {
  const podSelector = labelSelector(selector);
  if (home === namespace) return { podSelector };
  return { namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: namespace } }, podSelector };
}

/** `ports` of a rule; nothing where none is known, which means every port. */
export function portsOf({ ports }: Pick<PodGroup, 'ports'>): { ports?: readonly unknown[] } {
  if (ports.length === 0) return {};
  return { ports: ports.map(({ number, transport }) => ({ protocol: transport, port: number })) };
}
