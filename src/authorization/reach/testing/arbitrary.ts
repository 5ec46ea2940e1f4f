import fc from 'fast-check';
import type {
  LabelSelector,
  Network,
  NetworkPeer,
  NetworkPolicy,
  NetworkPortMatch,
  NetworkRule,
  NetworkWorkload,
  PodSelector,
} from '../../../estate/index.ts';
import { TRANSPORTS } from '../../../estate/index.ts';

/** Small networks whose policies overlap and contradict each other, for properties. */

const SOURCE = { reader: 'kubernetes', how: 'configured', file: 'all.yaml', line: 1 } as const;
const NAMESPACES = ['front', 'back', 'ops'] as const;
const VALUES = ['a', 'b', 'c'] as const;
const KEYS = ['app', 'tier'] as const;
const NAME = 'kubernetes.io/metadata.name';
const PORT_NAMES = ['http', 'metrics'] as const;
export const PORTS = [1, 79, 80, 81, 443, 8080, 65_535] as const;
export const ADDRESSES = ['1.1.1.1', '10.0.0.1', '10.9.0.1', '192.168.1.1', '2001:db8::1'] as const;

const labels = fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES), { maxKeys: 2 });

const namespaces = fc
  .tuple(labels, labels, labels)
  .map((all) =>
    NAMESPACES.map((name, index) => ({ name, labels: { ...all[index], [NAME]: name } })),
  );

const term = fc.oneof(
  fc.record({
    key: fc.constantFrom(...KEYS),
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    key: fc.constantFrom(...KEYS),
    operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const),
    values: fc.constant<readonly string[]>([]),
  }),
);
const selector: fc.Arbitrary<LabelSelector> = fc.array(term, { maxLength: 2 });

const within: fc.Arbitrary<LabelSelector> = fc.oneof(
  selector,
  fc
    .constantFrom(...NAMESPACES)
    .map((name): LabelSelector => [{ key: NAME, operator: 'In', values: [name] }]),
);

const podSelector: fc.Arbitrary<PodSelector> = fc.record({ namespaces: within, pods: selector });

const relative: fc.Arbitrary<PodSelector> = fc.oneof(
  { weight: 2, arbitrary: podSelector },
  {
    weight: 1,
    arbitrary: fc
      .tuple(selector, fc.constantFrom(...KEYS), fc.constantFrom('sameLabels', 'notSameLabels'))
      .map(([pods, key, kind]) => ({ namespaces: [], pods, [kind]: [key] })),
  },
);

const block = fc.constantFrom(
  { cidr: '0.0.0.0/0', except: [] },
  { cidr: '0.0.0.0/0', except: ['10.0.0.0/9', '10.128.0.0/9'] },
  { cidr: '10.0.0.0/8', except: ['10.0.0.0/16'] },
  { cidr: '192.168.1.1/32', except: [] },
  { cidr: '::/0', except: ['2001:db8::/32'] },
);

const peer: fc.Arbitrary<NetworkPeer> = fc.oneof(
  fc.constant<NetworkPeer>({ kind: 'everything' }),
  relative.map((one): NetworkPeer => ({ kind: 'pods', selector: one })),
  block.map((one): NetworkPeer => ({ kind: 'addresses', block: one })),
);

const transport = fc.constantFrom(...TRANSPORTS);
const portMatch: fc.Arbitrary<NetworkPortMatch> = fc.oneof(
  fc.tuple(transport, fc.constantFrom(...PORTS), fc.constantFrom(...PORTS)).map(
    ([over, a, b]): NetworkPortMatch => ({
      kind: 'numbers',
      transport: over,
      first: Math.min(a, b),
      last: Math.max(a, b),
    }),
  ),
  fc
    .tuple(fc.constantFrom(...PORT_NAMES), fc.option(transport, { nil: undefined }))
    .map(([name, over]): NetworkPortMatch => ({ kind: 'name', name, transport: over })),
);

function rules(actions: readonly NetworkRule['action'][]): fc.Arbitrary<readonly NetworkRule[]> {
  return fc.array(
    fc.record({
      action: fc.constantFrom(...actions),
      name: fc.constant(undefined),
      peers: fc.array(peer, { maxLength: 2 }),
      ports: fc.option(fc.array(portMatch, { maxLength: 2 }), { nil: undefined }),
      source: fc.constant(SOURCE),
    }),
    { maxLength: 3 },
  );
}

const TIERS = {
  admin: ['allow', 'deny', 'pass'],
  network: ['allow', 'allow', 'deny'],
  baseline: ['allow', 'deny'],
} as const;

function policies(tier: NetworkPolicy['tier'], maxLength: number) {
  const list = fc.option(rules(TIERS[tier]), { nil: undefined });
  return fc
    .array(fc.record({ subject: podSelector, ingress: list, egress: list, open: fc.boolean() }), {
      maxLength,
    })
    .map((all) =>
      all.map(
        ({ open, ...rest }, index): NetworkPolicy => ({
          ...rest,
          title: `${tier} ${index}`,
          tier,
          priority: tier === 'admin' ? index : 0,
          source: SOURCE,
          ...(open && tier === 'network' && { isolates: false as const }),
        }),
      ),
    );
}

const port = fc.record({
  name: fc.option(fc.constantFrom(...PORT_NAMES), { nil: undefined }),
  number: fc.constantFrom(...PORTS),
  transport,
});

const workloads: fc.Arbitrary<readonly NetworkWorkload[]> = fc
  .array(
    fc.record({
      namespace: fc.constantFrom(...NAMESPACES),
      labels,
      ports: fc.array(port, { maxLength: 3 }),
      hostNetwork: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((all) =>
    all.map((one, index) => ({
      ...one,
      name: `w${index}`,
      kind: 'Deployment',
      service: `w${index}`,
      serviceAccount: 'default',
      source: SOURCE,
    })),
  );

export const network: fc.Arbitrary<Network> = fc.record({
  namespaces,
  workloads,
  policies: fc
    .tuple(policies('admin', 3), policies('network', 4), policies('baseline', 1))
    .map((all) => all.flat()),
  entries: fc.constant([]),
});
