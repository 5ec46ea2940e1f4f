import { quote } from '../../../../base/fault.ts';
import { entryOf, listAt, pick, textAt } from '../../../../base/pick.ts';
import type { NetworkPeer } from '../../../../estate/index.ts';
import { complain, type Field, inside } from '../field.ts';
import { toAddresses } from '../peers.ts';
import { toEndpoints } from './selector.ts';

type Direction = 'ingress' | 'egress';
type ReadPeer = (item: Field, home: string | undefined) => readonly NetworkPeer[];

const PREFIX = { ingress: 'from', egress: 'to' } as const;

/** What each list of a rule holds; its lists add up. */
const LISTS: Record<string, ReadPeer> = {
  Endpoints: (item, home) => {
    const selector = toEndpoints(item, home);
    return selector ? [{ kind: 'pods', selector }] : [];
  },
  Entities: toEntity,
  CIDR: (item) => toBlock(item, { cidr: item.value }),
  CIDRSet: (item) => toBlock(item, item.value),
};

/** Lists of what no manifest says the addresses or pods of. */
const NOT_JUDGED = ['FQDNs', 'Services', 'Groups', 'Nodes', 'Requires'];

const ENTITIES: Record<string, readonly NetworkPeer[]> = {
  all: [{ kind: 'everything' }],
  world: ['0.0.0.0/0', '::/0'].map(toWhole),
  'world-ipv4': [toWhole('0.0.0.0/0')],
  'world-ipv6': [toWhole('::/0')],
  cluster: [{ kind: 'pods', selector: { namespaces: [], pods: [] } }],
};

/** Whom a rule of Cilium means: without any list everything, where it names ports, and else nobody.
 *  @see https://docs.cilium.io/en/stable/security/policy/language/ (layer 3) */
export function toCiliumPeers(
  rule: Field,
  direction: Direction,
  home: string | undefined,
): readonly NetworkPeer[] {
  const prefix = PREFIX[direction];
  for (const name of NOT_JUDGED) {
    if (listAt(rule.value, prefix + name).length === 0) continue;
    const message = `${prefix}${name} is not judged, so it was left out`;
    complain(inside(rule, undefined, prefix + name), 'note', 'peers-not-judged', message);
  }
  const lists = [...Object.keys(LISTS), ...NOT_JUDGED].map((name) => prefix + name);
  const hasPeers = lists.some((list) => Array.isArray(pick(rule.value, list)));
  if (!hasPeers) {
    const hasPorts = ['toPorts', 'icmps'].some((list) => listAt(rule.value, list).length > 0);
    return hasPorts ? [{ kind: 'everything' }] : [];
  }
  return Object.entries(LISTS).flatMap(([name, read]) =>
    listAt(rule.value, prefix + name).flatMap((item, index) =>
      read(inside(rule, item, prefix + name, index), home),
    ),
  );
}

function toEntity(item: Field): readonly NetworkPeer[] {
  const name = textAt(item.value) ?? '';
  const peers = entryOf(ENTITIES, name);
  if (peers) return peers;
  complain(item, 'note', 'entity-not-judged', `${quote(name)} is no pod, so it was left out`);
  return [];
}

function toWhole(cidr: string): NetworkPeer {
  return { kind: 'addresses', block: { cidr, except: [] } };
}

/** Cilium takes an address for the block of it alone. */
function toBlock(item: Field, value: unknown): readonly NetworkPeer[] {
  const cidr = textAt(value, 'cidr');
  if (cidr === undefined) {
    complain(item, 'note', 'peers-not-judged', 'names blocks kept elsewhere, so it was left out');
    return [];
  }
  const whole = cidr.includes('/') ? cidr : `${cidr}/${cidr.includes(':') ? 128 : 32}`;
  const peer = toAddresses({ ...item, value: { cidr: whole, except: listAt(value, 'except') } });
  return peer ? [peer] : [];
}
