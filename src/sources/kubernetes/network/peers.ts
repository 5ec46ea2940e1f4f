import { quote } from '../../../base/fault.ts';
import { parseIpRange } from '../../../base/ip-range.ts';
import { isFields, listAt, pick, textAt } from '../../../base/pick.ts';
import type { NetworkPeer, PodSelector } from '../../../estate/index.ts';
import { complain, type Field, inside } from './field.ts';
import { namespaceNamed, toSelector } from './selector.ts';

/** The peers of a rule of a NetworkPolicy in a namespace: without any, everything.
 *  @see Kubernetes API, networking.k8s.io/v1 NetworkPolicyPeer */
export function toPeers(rule: Field, list: 'from' | 'to', namespace: string): NetworkPeer[] {
  const items = listAt(rule.value, list);
  if (items.length === 0) return [{ kind: 'everything' }];
  return items.flatMap((item, index) => toPeer(inside(rule, item, list, index), namespace) ?? []);
}

function toPeer(peer: Field, namespace: string): NetworkPeer | undefined {
  const [pods, namespaces, block] = ['podSelector', 'namespaceSelector', 'ipBlock'].map((key) =>
    isFields(pick(peer.value, key)) ? inside(peer, pick(peer.value, key), key) : undefined,
  );
  if (block) {
    if (!pods && !namespaces) return toAddresses(block);
    return refused(peer, 'has an ipBlock beside a selector');
  }
  if (!pods && !namespaces)
    return refused(peer, 'is none of podSelector, namespaceSelector and ipBlock');
  const selector = {
    namespaces: namespaces ? toSelector(namespaces) : namespaceNamed(namespace),
    pods: pods ? toSelector(pods) : [],
  };
  return toPods(selector);
}

function toPods(selector: {
  readonly namespaces: PodSelector['namespaces'] | undefined;
  readonly pods: PodSelector['pods'] | undefined;
}): NetworkPeer | undefined {
  const { namespaces, pods } = selector;
  return namespaces && pods ? { kind: 'pods', selector: { namespaces, pods } } : undefined;
}

/** `cidr` and `except` of a block. */
export function toAddresses(block: Field): NetworkPeer | undefined {
  const cidr = textAt(block.value, 'cidr') ?? '';
  const whole = parseCidr(inside(block, cidr, 'cidr'), cidr);
  if (!whole) return undefined;
  const except = listAt(block.value, 'except').flatMap((item, index) => {
    const text = textAt(item) ?? '';
    const field = inside(block, item, 'except', index);
    const part = parseCidr(field, text);
    if (!part) return [];
    if (part.family !== whole.family || part.first < whole.first || part.last > whole.last) {
      const message = `${quote(text)} does not lie within ${quote(cidr)}`;
      complain(field, 'error', 'block-malformed', `${message}, so it is no exception from it`);
      return [];
    }
    return [text];
  });
  return { kind: 'addresses', block: { cidr, except } };
}

function parseCidr(field: Field, text: string) {
  const range = text.includes('/') ? parseIpRange(text) : undefined;
  if (!range) {
    const message = `${quote(text)} is no CIDR block, so it matches no address here`;
    complain(field, 'error', 'block-malformed', message, 'write it as 10.0.0.0/8 or 2001:db8::/32');
  }
  return range;
}

/** The peers of a rule of an administrator's policy; without any, nobody.
 *  @see https://network-policy-api.sigs.k8s.io/reference/spec/ AdminNetworkPolicyEgressPeer */
export function toAdminPeers(rule: Field, list: 'from' | 'to'): NetworkPeer[] {
  return listAt(rule.value, list).flatMap((item, index) =>
    toAdminPeer(inside(rule, item, list, index), list),
  );
}

function toAdminPeer(peer: Field, list: 'from' | 'to'): readonly NetworkPeer[] {
  if (isFields(pick(peer.value, 'nodes'))) {
    const field = inside(peer, undefined, 'nodes');
    complain(field, 'note', 'nodes-not-judged', 'nodes are no peers here, so this was left out');
    return [];
  }
  if (list === 'to' && Array.isArray(pick(peer.value, 'networks'))) {
    return listAt(peer.value, 'networks').flatMap((item, index) =>
      toNetworkPeers(inside(peer, item, 'networks', index)),
    );
  }
  if (list === 'to' && Array.isArray(pick(peer.value, 'domainNames'))) {
    const field = inside(peer, undefined, 'domainNames');
    complain(
      field,
      'note',
      'names-not-judged',
      'names of hosts were left out: their addresses change',
    );
    return [];
  }
  const selector = toPodsOf(peer);
  if (!selector) return [];
  return [{ kind: 'pods', selector }];
}

/** Unlike blocks of NetworkPolicies, networks of administrators mean pods too, where they have such an address. Which
 *  they have is not known here; but all of IPv4 is everyone. */
function toNetworkPeers(network: Field): readonly NetworkPeer[] {
  const cidr = textAt(network.value) ?? '';
  const range = parseCidr(network, cidr);
  if (!range) return [];
  const addresses: NetworkPeer = { kind: 'addresses', block: { cidr, except: [] } };
  const isEveryone = range.family === 4 && cidr.endsWith('/0');
  return isEveryone ? [addresses, EVERY_POD] : [addresses];
}

const EVERY_POD: NetworkPeer = { kind: 'pods', selector: { namespaces: [], pods: [] } };

/** `namespaces` or `pods` of a subject or a peer of an administrator's policy. */
export function toPodsOf(field: Field): PodSelector | undefined {
  const namespaces = pick(field.value, 'namespaces');
  const pods = pick(field.value, 'pods');
  if (isFields(namespaces) && !isFields(pods))
    return toNamespaces(inside(field, namespaces, 'namespaces'));
  if (!isFields(pods) || isFields(namespaces))
    return refused(field, 'must have either namespaces or pods');
  const within = pick(pods, 'namespaceSelector') ?? pick(pods, 'namespaces', 'namespaceSelector');
  const same = relative(pick(pods, 'namespaces'));
  const ofNamespaces = toSelector(inside(field, within, 'pods', 'namespaceSelector'));
  const ofPods = toSelector(inside(field, pick(pods, 'podSelector'), 'pods', 'podSelector'));
  return ofNamespaces && ofPods && { namespaces: ofNamespaces, pods: ofPods, ...same };
}

/** The selector itself since v1alpha1 of 2024; `namespaceSelector`, `sameLabels` or `notSameLabels` before. */
function toNamespaces(field: Field): PodSelector | undefined {
  const older = pick(field.value, 'namespaceSelector');
  const selector = toSelector(isFields(older) ? inside(field, older, 'namespaceSelector') : field);
  return selector && { namespaces: selector, pods: [], ...relative(field.value) };
}

function relative(value: unknown): Pick<PodSelector, 'sameLabels' | 'notSameLabels'> {
  const [sameLabels = [], notSameLabels = []] = ['sameLabels', 'notSameLabels'].map((key) =>
    listAt(value, key).flatMap((item) => textAt(item) ?? []),
  );
  return {
    ...(sameLabels.length > 0 && { sameLabels }),
    ...(notSameLabels.length > 0 && { notSameLabels }),
  };
}

function refused(field: Field, what: string): undefined {
  complain(field, 'error', 'peer-malformed', `${what}, so this selects nobody here`);
  return undefined;
}
