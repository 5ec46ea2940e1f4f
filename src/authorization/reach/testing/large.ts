import type {
  LabelSelector,
  Network,
  NetworkPolicy,
  NetworkRule,
  NetworkWorkload,
} from '../../../estate/index.ts';

/** A large network as they are: namespaces of teams, each with workloads that let in a few others by label and port, a
 *  default that denies, one policy of administrators and a baseline, and egress to DNS, to blocks of addresses, and to
 *  whom they call. */

const NAMESPACES = 20;
const CALLEES = 4;
const NAME = 'kubernetes.io/metadata.name';

function sourceAt(index: number, line: number) {
  return { reader: 'kubernetes', how: 'configured', file: `apps/w${index}.yaml`, line } as const;
}

export function largeNetwork(count: number, withPolicies: boolean): Network {
  const workloads = Array.from({ length: count }, (_, index) => toWorkload(index));
  const namespaces = Array.from({ length: NAMESPACES }, (_, index) => ({
    name: `team-${index}`,
    labels: { [NAME]: `team-${index}`, zone: index % 4 === 0 ? 'restricted' : 'open' },
  }));
  const policies = withPolicies
    ? [
        adminPolicy(),
        ...namespaces.map(({ name }) => denyByDefault(name)),
        ...workloads.map((_, index) => ownPolicy(index, count)),
      ]
    : [];
  return { namespaces, workloads, policies, entries: [] };
}

function toWorkload(index: number): NetworkWorkload {
  return {
    namespace: `team-${index % NAMESPACES}`,
    name: `w${index}`,
    kind: 'Deployment',
    service: `w${index}`,
    labels: { app: `w${index}`, tier: ['web', 'api', 'data'][index % 3] ?? '' },
    serviceAccount: `w${index}`,
    ports: [{ name: 'http', number: 8080 + (index % 5), transport: 'TCP' }],
    hostNetwork: false,
    source: sourceAt(index, 1),
  };
}

function is(key: string, value: string): LabelSelector {
  return [{ key, operator: 'In', values: [value] }];
}

function rule(index: number, rest: Pick<NetworkRule, 'peers' | 'ports'>): NetworkRule {
  return { action: 'allow', name: undefined, source: sourceAt(index, 10), ...rest };
}

function appIn(index: number): NetworkRule['peers'][number] {
  return {
    kind: 'pods',
    selector: { namespaces: is(NAME, `team-${index % NAMESPACES}`), pods: is('app', `w${index}`) },
  };
}

const EVERY_POD = { kind: 'pods', selector: { namespaces: [], pods: [] } } as const;

function ownPolicy(index: number, count: number): NetworkPolicy {
  const others = (step: number) =>
    Array.from(
      { length: CALLEES },
      (_, place) => (index + step * (place * 37 + 1) + count) % count,
    );
  const dns = { kind: 'numbers', transport: 'UDP', first: 53, last: 53 } as const;
  return {
    title: `NetworkPolicy team-${index % NAMESPACES}/w${index}`,
    tier: 'network',
    priority: 0,
    subject: { namespaces: is(NAME, `team-${index % NAMESPACES}`), pods: is('app', `w${index}`) },
    ingress: [
      rule(index, {
        peers: others(-1).map(appIn),
        ports: [{ kind: 'name', name: 'http', transport: 'TCP' }],
      }),
      rule(index, {
        peers: [
          { kind: 'pods', selector: { namespaces: is(NAME, 'team-0'), pods: is('tier', 'web') } },
        ],
        ports: [{ kind: 'numbers', transport: 'TCP', first: 9090, last: 9099 }],
      }),
    ],
    egress: [
      // Every fourth team leaves it to those who are called.
      rule(index, {
        peers: index % 4 === 0 ? [EVERY_POD] : others(1).map(appIn),
        ports: undefined,
      }),
      rule(index, {
        peers: [{ kind: 'pods', selector: { namespaces: [], pods: is('app', 'dns') } }],
        ports: [dns],
      }),
      rule(index, {
        peers: [
          {
            kind: 'addresses',
            block: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', `172.${16 + (index % 8)}.0.0/16`] },
          },
        ],
        ports: [{ kind: 'numbers', transport: 'TCP', first: 443, last: 443 }],
      }),
    ],
    source: sourceAt(index, 5),
  };
}

function denyByDefault(namespace: string): NetworkPolicy {
  return {
    title: `NetworkPolicy ${namespace}/default-deny`,
    tier: 'network',
    priority: 0,
    subject: { namespaces: is(NAME, namespace), pods: [] },
    ingress: [],
    egress: [],
    source: sourceAt(0, 20),
  };
}

function adminPolicy(): NetworkPolicy {
  const open = { namespaces: is('zone', 'open'), pods: [] };
  return {
    title: 'AdminNetworkPolicy no-open-to-restricted',
    tier: 'admin',
    priority: 10,
    subject: { namespaces: is('zone', 'restricted'), pods: is('tier', 'data') },
    ingress: [
      {
        ...rule(0, { peers: [{ kind: 'pods', selector: open }], ports: undefined }),
        action: 'deny',
      },
    ],
    egress: undefined,
    source: sourceAt(0, 30),
  };
}
