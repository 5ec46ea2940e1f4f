import { parseIpRange } from '../../../base/ip-range.ts';
import type {
  LabelSelector,
  Labels,
  Network,
  NetworkPeer,
  NetworkPolicy,
  NetworkPortMatch,
  NetworkRule,
  NetworkWorkload,
  PodSelector,
  Transport,
} from '../../../estate/index.ts';

/** One packet of a new connection: from and to a workload, or an address outside. */
export interface Packet {
  readonly from: NetworkWorkload | string;
  readonly to: NetworkWorkload | string;
  readonly transport: Transport;
  readonly port: number;
}

/** Decides about one packet, by reading the policies as their specification is written and nothing else: what `analyse`
 *  says of all packets at once must be the same. */
export function isLetThrough(network: Network, packet: Packet): boolean {
  return (
    decide(network, packet, 'egress', packet.from, packet.to) &&
    decide(network, packet, 'ingress', packet.to, packet.from)
  );
}

type Party = Packet['from'];
type Direction = 'ingress' | 'egress';

function decide(
  network: Network,
  packet: Packet,
  direction: Direction,
  subject: Party,
  peer: Party,
): boolean {
  if (typeof subject === 'string' || subject.hostNetwork) return true;
  const about = network.policies.filter(
    (policy) => policy[direction] !== undefined && isSelected(network, policy.subject, subject),
  );
  const matching = (policy: NetworkPolicy) =>
    (policy[direction] ?? []).filter((rule) => isMeant(network, rule, subject, peer, packet));
  const byTier = (tier: NetworkPolicy['tier']) => about.filter((policy) => policy.tier === tier);

  const admin = byTier('admin').toSorted((a, b) => a.priority - b.priority);
  const first = admin.flatMap(matching)[0]?.action;
  if (first === 'allow') return true;
  if (first === 'deny') return false;

  const networkPolicies = byTier('network');
  const rules = networkPolicies.flatMap(matching);
  if (rules.some(({ action }) => action === 'deny')) return false;
  if (networkPolicies.some(({ isolates }) => isolates !== false)) {
    return rules.some(({ action }) => action === 'allow');
  }
  return byTier('baseline').flatMap(matching)[0]?.action !== 'deny';
}

function isMeant(
  network: Network,
  { peers, ports }: NetworkRule,
  subject: NetworkWorkload,
  peer: Party,
  packet: Packet,
): boolean {
  return (
    peers.some((one) => isPeer(network, one, subject, peer)) &&
    (ports === undefined || ports.some((one) => isPort(one, packet)))
  );
}

function isPeer(
  network: Network,
  rule: NetworkPeer,
  subject: NetworkWorkload,
  peer: Party,
): boolean {
  if (rule.kind === 'everything') return true;
  if (rule.kind === 'addresses') {
    const { cidr, except } = rule.block;
    if (typeof peer !== 'string')
      return peer.hostNetwork && cidr.endsWith('/0') && except.length === 0;
    return isIn(peer, cidr) && !except.some((one) => isIn(peer, one));
  }
  return typeof peer !== 'string' && isSelected(network, rule.selector, peer, subject);
}

function isSelected(
  network: Network,
  selector: PodSelector,
  workload: NetworkWorkload,
  home?: NetworkWorkload,
): boolean {
  const labels = namespaceLabels(network, workload);
  const { sameLabels = [], notSameLabels = [] } = selector;
  const own = home ? namespaceLabels(network, home) : labels;
  const hasAll = [...sameLabels, ...notSameLabels].every((key) => labels[key] !== undefined);
  return (
    !workload.hostNetwork &&
    matches(selector.namespaces, labels) &&
    matches(selector.pods, workload.labels) &&
    hasAll &&
    sameLabels.every((key) => labels[key] === own[key]) &&
    (notSameLabels.length === 0 || notSameLabels.some((key) => labels[key] !== own[key]))
  );
}

function namespaceLabels(network: Network, { namespace }: NetworkWorkload): Labels {
  return network.namespaces.find(({ name }) => name === namespace)?.labels ?? {};
}

function matches(selector: LabelSelector, labels: Labels): boolean {
  for (const { key, operator, values } of selector) {
    const value = labels[key];
    if (operator === 'In' && (value === undefined || !values.includes(value))) return false;
    if (operator === 'NotIn' && value !== undefined && values.includes(value)) return false;
    if (operator === 'Exists' && value === undefined) return false;
    if (operator === 'DoesNotExist' && value !== undefined) return false;
  }
  return true;
}

function isPort(match: NetworkPortMatch, { to, transport, port }: Packet): boolean {
  if (match.kind === 'numbers') {
    return match.transport === transport && match.first <= port && port <= match.last;
  }
  if (typeof to === 'string') return false;
  return to.ports.some(
    (one) =>
      one.name === match.name &&
      one.number === port &&
      one.transport === transport &&
      (match.transport === undefined || match.transport === transport),
  );
}

function isIn(address: string, cidr: string): boolean {
  const [one, block] = [parseIpRange(address), parseIpRange(cidr)];
  return (
    one !== undefined &&
    block !== undefined &&
    one.family === block.family &&
    block.first <= one.first &&
    one.last <= block.last
  );
}
