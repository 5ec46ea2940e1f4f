import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NetworkPolicy } from '../../../estate/index.ts';
import { clusterOf } from '../../mesh/cluster.fixture.ts';
import { networkOf } from './index.ts';

function policy(spec: string): string {
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p, namespace: shop }
spec: ${spec}
`;
}

function admin(spec: string, kind = 'AdminNetworkPolicy', name = 'default'): string {
  return `apiVersion: policy.networking.k8s.io/v1alpha1
kind: ${kind}
metadata: { name: ${name} }
spec: ${spec}
`;
}

function read(text: string) {
  const { network, diagnostics } = networkOf(clusterOf(text));
  return {
    network,
    policies: network.policies,
    problems: diagnostics.map(({ code, line, message }) => `${line} ${code}: ${message}`),
  };
}

function onlyPolicy(text: string): NetworkPolicy {
  const [first] = read(text).policies;
  if (!first) throw new Error('no policy');
  return first;
}

const istio = (kind: string, spec: string) => `apiVersion: security.istio.io/v1
kind: ${kind}
metadata: { name: p, namespace: shop }
spec: ${spec}
`;

describe('of what the API server would refuse', () => {
  it.each([
    [policy('{ podSelector: { matchLabls: { app: web } } }'), '`matchLabls`', '`matchLabels`', 24],
    [policy('{ podSelector: {}, ingress: [{ form: [] }] }'), '`form`', '`from`', 38],
    [policy('{ podSelector: {}, egres: [] }'), '`egres`', '`egress`', 26],
    [policy('{ ingress: [{ from: [{ ipBlok: {} }] }] }'), '`ipBlok`', '`ipBlock`', 30],
    [istio('AuthorizationPolicy', '{ action: ALOW }'), '`ALOW`', '`ALLOW`', 9],
    [
      istio('AuthorizationPolicy', '{ rules: [{ from: [{ source: { notPrincipal: [a] } }] }] }'),
      ...['`notPrincipal`', '`notPrincipals`', 38],
    ] as const,
    [istio('PeerAuthentication', '{ mtls: { mode: STRIC } }'), '`STRIC`', '`STRICT`', 17],
  ])('%s: %s is told, with %s', (text, said, meant, column) => {
    expect(networkOf(clusterOf(text)).diagnostics).toContainEqual(
      expect.objectContaining({
        severity: 'error',
        message: expect.stringContaining(said),
        hint: `did you mean ${meant}?`,
        ...{ line: 4, column },
      }),
    );
  });

  it('nothing is told that it knows', () => {
    const text = [
      policy(
        '{ podSelector: {}, policyTypes: [Ingress], ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [] } }], ports: [{ port: 80, endPort: 90, protocol: TCP }] }] }',
      ),
      istio(
        'AuthorizationPolicy',
        '{ action: CUSTOM, provider: { name: x }, rules: [{ to: [{ operation: { paths: [/a], notMethods: [GET] } }], when: [{ key: a, values: [b] }] }] }',
      ),
      istio(
        'PeerAuthentication',
        '{ selector: { matchLabels: { app: web } }, mtls: { mode: STRICT }, portLevelMtls: { 80: { mode: DISABLE } } }',
      ),
    ].join('---\n');
    expect(read(text).problems).toEqual([]);
  });
});

describe('a NetworkPolicy', () => {
  const DIRECTIONS: [spec: string, ingress: number | undefined, egress: number | undefined][] = [
    ['{ podSelector: {} }', 0, undefined],
    ['{ podSelector: {}, egress: [{}] }', 0, 1],
    ['{ podSelector: {}, policyTypes: [Egress] }', undefined, 0],
    ['{ podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{}, {}] }', 2, 0],
    ['{ podSelector: {}, policyTypes: [Ingress], egress: [{}] }', 0, undefined],
  ];
  it.each(DIRECTIONS)(
    'of %s is about %s rules of ingress and %s of egress',
    (spec, ingress, egress) => {
      const found = onlyPolicy(policy(spec));
      expect([found.ingress?.length, found.egress?.length]).toEqual([ingress, egress]);
    },
  );

  const own = [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['shop'] }];
  const PEERS: [peers: string, want: unknown][] = [
    ['', [{ kind: 'everything' }]],
    ['from: []', [{ kind: 'everything' }]],
    ['from: [{ podSelector: {} }]', [{ kind: 'pods', selector: { namespaces: own, pods: [] } }]],
    [
      'from: [{ namespaceSelector: {} }]',
      [{ kind: 'pods', selector: { namespaces: [], pods: [] } }],
    ],
    [
      'from: [{ namespaceSelector: { matchExpressions: [{ key: env, operator: NotIn, values: [b, a] }] }, podSelector: { matchLabels: { app: web } } }]',
      [
        {
          kind: 'pods',
          selector: {
            namespaces: [{ key: 'env', operator: 'NotIn', values: ['a', 'b'] }],
            pods: [{ key: 'app', operator: 'In', values: ['web'] }],
          },
        },
      ],
    ],
    [
      'from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }]',
      [{ kind: 'addresses', block: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }],
    ],
    [
      "from: [{ ipBlock: { cidr: '2001:db8::/32' } }]",
      [{ kind: 'addresses', block: { cidr: '2001:db8::/32', except: [] } }],
    ],
  ];
  it.each(PEERS)('with `%s` means these peers', (peers, want) => {
    const found = onlyPolicy(policy(`{ podSelector: {}, ingress: [{ ${peers} }] }`));
    expect(found.ingress?.[0]?.peers).toEqual(want);
  });

  const PORTS: [ports: string, want: unknown][] = [
    ['[]', undefined],
    ['[{}]', [{ kind: 'numbers', transport: 'TCP', first: 1, last: 65_535 }]],
    ['[{ protocol: UDP }]', [{ kind: 'numbers', transport: 'UDP', first: 1, last: 65_535 }]],
    ['[{ port: 80 }]', [{ kind: 'numbers', transport: 'TCP', first: 80, last: 80 }]],
    ["[{ port: '80' }]", [{ kind: 'numbers', transport: 'TCP', first: 80, last: 80 }]],
    [
      '[{ port: 8000, endPort: 8100, protocol: SCTP }]',
      [{ kind: 'numbers', transport: 'SCTP', first: 8000, last: 8100 }],
    ],
    ['[{ port: http }]', [{ kind: 'name', name: 'http', transport: 'TCP' }]],
  ];
  it.each(PORTS)('with ports %s means these', (ports, want) => {
    const found = onlyPolicy(policy(`{ podSelector: {}, ingress: [{ ports: ${ports} }] }`));
    expect(found.ingress?.[0]?.ports).toEqual(want);
  });

  const BROKEN: [spec: string, problem: RegExp, peers: number, ports: number | undefined][] = [
    [
      'from: [{ ipBlock: { cidr: 10.0.0.0 } }]',
      /block-malformed.*`10.0.0.0` is no CIDR/,
      0,
      undefined,
    ],
    ['from: [{ ipBlock: { cidr: 300.0.0.0/8 } }]', /block-malformed/, 0, undefined],
    [
      'from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [11.0.0.0/16] } }]',
      /block-malformed.*does not lie within/,
      1,
      undefined,
    ],
    ['from: [{}]', /peer-malformed/, 0, undefined],
    [
      'from: [{ podSelector: {}, ipBlock: { cidr: 10.0.0.0/8 } }]',
      /peer-malformed.*beside/,
      0,
      undefined,
    ],
    [
      'from: [{ podSelector: { matchExpressions: [{ key: a, operator: Is }] } }, { podSelector: {} }]',
      /selector-malformed.*`Is` is no operator/,
      1,
      undefined,
    ],
    [
      'from: [{ podSelector: { matchExpressions: [{ key: a, operator: In }] } }]',
      /selector-malformed.*In needs values/,
      0,
      undefined,
    ],
    [
      'from: [{ podSelector: { matchExpressions: [{ key: a, operator: Exists, values: [b] }] } }]',
      /Exists takes no values/,
      0,
      undefined,
    ],
    [
      "from: [{ podSelector: { matchLabels: { 'a b': c } } }]",
      /is no key of a label/,
      0,
      undefined,
    ],
    [
      "from: [{ podSelector: { matchLabels: { a: 'b c' } } }]",
      /is no value of a label/,
      0,
      undefined,
    ],
    ['ports: [{ port: 0 }]', /port-malformed.*0 is no port/, 1, 0],
    ['ports: [{ port: 70000 }, { port: 80 }]', /70000 is no port/, 1, 1],
    ['ports: [{ port: 90, endPort: 80 }]', /ends before it begins/, 1, 0],
    ['ports: [{ port: http, endPort: 80 }]', /endPort beside the name/, 1, 0],
    ['ports: [{ endPort: 80 }]', /endPort without a port/, 1, 0],
    ['ports: [{ port: 80, protocol: HTTP }]', /`HTTP` is none of TCP, UDP, SCTP/, 1, 0],
    ['ports: [{ port: Not_A_Name }]', /is no name of a port/, 1, 0],
  ];
  it.each(BROKEN)(
    'with %s is told with its line, and the rest counts',
    (rule, problem, peers, ports) => {
      const text = policy(`\n  podSelector: {}\n  ingress:\n    - { ${rule} }`);
      const { policies, problems } = read(text);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(problem);
      expect(problems[0]).toMatch(/^7 /);
      const [found] = policies[0]?.ingress ?? [];
      expect([found?.peers.length, found?.ports?.length]).toEqual([peers, ports]);
    },
  );

  it('whose subject would be refused is about nobody', () => {
    const { policies, problems } = read(
      policy('{ podSelector: { matchExpressions: [{ key: a, operator: Is }] } }'),
    );
    expect(policies).toEqual([]);
    expect(problems).toHaveLength(1);
  });

  it('with rules of a type that it leaves out is told', () => {
    const { problems } = read(policy('{ podSelector: {}, policyTypes: [Ingress], egress: [{}] }'));
    expect(problems).toEqual([
      '4 network/rules-without-type: has rules of egress, which count for nothing: policyTypes leaves egress out',
    ]);
  });
});

describe('a policy of administrators', () => {
  const rule = '{ action: Deny, from: [{ namespaces: {} }] }';
  it('is read with its priority, its rules and their names', () => {
    const found = onlyPolicy(
      admin(`{ priority: 7, subject: { namespaces: { matchLabels: { env: prod } } }, ingress: [
        { name: n, action: Pass, from: [{ pods: { namespaceSelector: {}, podSelector: { matchLabels: { a: b } } } }],
          ports: [{ portNumber: { port: 80, protocol: UDP } }, { portRange: { start: 1, end: 9 } }, { namedPort: web }] } ] }`),
    );
    expect(found).toMatchObject({
      title: 'AdminNetworkPolicy default',
      tier: 'admin',
      priority: 7,
    });
    expect(found.subject.namespaces).toEqual([{ key: 'env', operator: 'In', values: ['prod'] }]);
    expect(found.egress).toBeUndefined();
    expect(found.ingress?.[0]).toMatchObject({
      action: 'pass',
      name: 'n',
      peers: [{ kind: 'pods', selector: { namespaces: [] } }],
      ports: [
        { kind: 'numbers', transport: 'UDP', first: 80, last: 80 },
        { kind: 'numbers', transport: 'TCP', first: 1, last: 9 },
        { kind: 'name', name: 'web', transport: undefined },
      ],
    });
  });

  it('of v1alpha2 names its tier, and protocols in the place of ports', () => {
    const found = onlyPolicy(
      admin(
        `{ tier: Baseline, priority: 7, subject: { pods: { namespaceSelector: {}, podSelector: {} } }, ingress: [
        { action: Accept, from: [{ namespaces: {} }], protocols: [{ tcp: { destinationPort: { number: 80 } } },
          { udp: { destinationPort: { range: { start: 1, end: 9 } } } }, { sctp: {} }, { destinationNamedPort: web }] } ] }`,
        'ClusterNetworkPolicy',
      ),
    );
    expect(found).toMatchObject({ tier: 'baseline', priority: 7 });
    expect(found.ingress?.[0]).toMatchObject({
      action: 'allow',
      ports: [
        { kind: 'numbers', transport: 'TCP', first: 80, last: 80 },
        { kind: 'numbers', transport: 'UDP', first: 1, last: 9 },
        { kind: 'numbers', transport: 'SCTP', first: 1, last: 65_535 },
        { kind: 'name', name: 'web', transport: undefined },
      ],
    });
  });

  it('with a network of all addresses means every pod too', () => {
    const found = onlyPolicy(
      admin(
        "{ priority: 1, subject: { namespaces: {} }, egress: [{ action: Deny, to: [{ networks: [0.0.0.0/0, '::/0'] }] }] }",
      ),
    );
    expect(found.egress?.[0]?.peers.map(({ kind }) => kind)).toEqual([
      'addresses',
      'pods',
      'addresses',
    ]);
  });

  it('in the words of 2023 compares labels of both namespaces', () => {
    const found = onlyPolicy(
      admin(
        '{ priority: 1, subject: { namespaces: {} }, ingress: [{ action: Allow, from: [{ namespaces: { sameLabels: [tenant] } }, { pods: { namespaces: { notSameLabels: [tenant] }, podSelector: {} } }] }] }',
      ),
    );
    expect(found.ingress?.[0]?.peers).toMatchObject([
      { selector: { sameLabels: ['tenant'] } },
      { selector: { notSameLabels: ['tenant'] } },
    ]);
  });

  it('reads networks of egress, and says what it does not judge', () => {
    const { policies, problems } = read(
      admin(
        '{ priority: 1, subject: { namespaces: {} }, egress: [{ action: Deny, to: [{ networks: [10.0.0.0/8] }, { nodes: {} }, { domainNames: [a.example] }] }] }',
      ),
    );
    expect(policies[0]?.egress?.[0]?.peers).toEqual([
      { kind: 'addresses', block: { cidr: '10.0.0.0/8', except: [] } },
    ]);
    expect(problems.map((one) => one.split(':')[0])).toEqual([
      '4 network/nodes-not-judged',
      '4 network/names-not-judged',
    ]);
  });

  const BROKEN: [text: string, problem: RegExp, policies: number][] = [
    [admin(`{ subject: { namespaces: {} }, ingress: [${rule}] }`), /priority from 0 to 1000/, 0],
    [admin(`{ priority: 1001, subject: { namespaces: {} } }`), /priority/, 0],
    [admin('{ priority: 1, subject: {} }'), /either namespaces or pods/, 0],
    [
      admin(
        '{ priority: 1, subject: { namespaces: {} }, ingress: [{ action: Drop, from: [{ namespaces: {} }] }] }',
      ),
      /`Drop` is none of Allow, Deny, Pass/,
      1,
    ],
    [
      admin(
        '{ subject: { namespaces: {} }, ingress: [{ action: Pass, from: [{ namespaces: {} }] }] }',
        'BaselineAdminNetworkPolicy',
      ),
      /`Pass` is none of Allow, Deny/,
      1,
    ],
    [
      admin('{ tier: Middle, priority: 1, subject: { namespaces: {} } }', 'ClusterNetworkPolicy'),
      /`Middle` is neither Admin nor Baseline/,
      0,
    ],
    [
      admin(
        '{ tier: Admin, priority: 1, subject: { namespaces: {} }, ingress: [{ action: Deny, from: [{ namespaces: {} }], protocols: [{ icmp: {} }] }] }',
        'ClusterNetworkPolicy',
      ),
      /none of tcp, udp, sctp/,
      1,
    ],
    [
      admin('{ subject: { namespaces: {} } }', 'BaselineAdminNetworkPolicy', 'other'),
      /named `other`.*`default`/,
      0,
    ],
    [
      admin(
        '{ priority: 1, subject: { namespaces: {} }, ingress: [{ action: Deny, from: [{ namespaces: {} }], ports: [{}] }] }',
      ),
      /none of portNumber, portRange and namedPort/,
      1,
    ],
  ];
  const named = BROKEN.map(([text, problem, policies]) => [problem, text, policies] as const);
  it.each(named)('is told what is wrong with it: %s', (problem, text, policies) => {
    const found = read(text);
    expect(found.problems).toHaveLength(1);
    expect(found.problems[0]).toMatch(problem);
    expect(found.policies).toHaveLength(policies);
  });
});

const WORKLOAD = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: a, image: b, ports: [{ name: http, containerPort: 8080 }, { containerPort: 9000 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec:
  selector: { app: web }
  ports: [{ name: main, port: 80, targetPort: http }, { name: side, port: 81, targetPort: 9000 }, { name: udp, protocol: UDP, port: 53 }]
---
`;

describe('the ways of controllers', () => {
  const backend = (port: string) =>
    `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: i, namespace: shop }
spec: { rules: [{ http: { paths: [{ path: /, backend: { service: { name: web, port: ${port} } } }] } }] }
`;
  const route = (port: string) =>
    `apiVersion: route.openshift.io/v1
kind: Route
metadata: { name: r, namespace: shop }
spec: { to: { kind: Service, name: web }${port} }
`;
  const gateway = (parent: string) =>
    `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: h, namespace: shop }
spec: { parentRefs: [${parent}], rules: [{ backendRefs: [{ name: web, port: 81 }] }] }
`;
  const ENTRIES: [what: string, text: string, want: string[]][] = [
    ['an Ingress by number', backend('{ number: 80 }'), ['Ingress shop/i 8080']],
    ['an Ingress by name', backend('{ name: side }'), ['Ingress shop/i 9000']],
    ['an Ingress by the number of a pod', backend('{ number: 8080 }'), []],
    ['a Route without port', route(''), ['Route shop/r 8080', 'Route shop/r 9000']],
    ['a Route by the port of pods', route(', port: { targetPort: http }'), ['Route shop/r 8080']],
    ['a Route by the name of a port', route(', port: { targetPort: side }'), ['Route shop/r 9000']],
    ['an HTTPRoute', gateway('{ name: g }'), ['HTTPRoute shop/h 9000']],
    ['an HTTPRoute of a mesh', gateway('{ kind: Service, name: web }'), []],
  ];
  it.each(ENTRIES)('by %s lead to the ports of pods', (_, text, want) => {
    const { entries } = read(WORKLOAD + text).network;
    expect(entries.map(({ via, port }) => `${via} ${port}`)).toEqual(want);
  });

  it('that lead nowhere are told with their line', () => {
    const { problems } = read(
      WORKLOAD + backend('{ number: 8080 }').replace('name: web', 'name: wob'),
    );
    expect(problems).toEqual([
      '19 network/service-unknown: leads to Service `shop/wob`, which is not there',
    ]);
    expect(read(WORKLOAD + backend('{ number: 8080 }')).problems[0]).toMatch(/has no such port/);
  });
});

describe('workloads', () => {
  it('have the labels of their pods, their ports, and whether they share their host', () => {
    const text = WORKLOAD.replace('{ containers', '{ hostNetwork: true, containers');
    expect(read(text).network.workloads).toMatchObject([
      {
        namespace: 'shop',
        name: 'web',
        kind: 'Deployment',
        labels: { app: 'web' },
        hostNetwork: true,
        ports: [
          { name: 'http', number: 8080, transport: 'TCP' },
          { name: undefined, number: 9000, transport: 'TCP' },
        ],
      },
    ]);
  });

  const pod = (name: string, owner: string, labels = '{ app: web }') => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: ${labels}, ownerReferences: [{ ${owner}, controller: true }] }
spec: { containers: [{ name: a, image: b }] }
---
`;
  const OWNED: [what: string, text: string, want: string[]][] = [
    [
      'stand for a controller that is not there',
      pod('a', 'kind: ReplicaSet, name: web-1') + pod('b', 'kind: ReplicaSet, name: web-1'),
      ['web-1 ReplicaSet'],
    ],
    [
      'are left to one that is',
      WORKLOAD + pod('a', 'kind: Deployment, name: web'),
      ['web Deployment'],
    ],
    [
      'are left to a Deployment by way of its ReplicaSet',
      WORKLOAD +
        pod('a', 'kind: ReplicaSet, name: web-12', '{ app: web, pod-template-hash: "12" }'),
      ['web Deployment'],
    ],
    ['stand for themselves where a node keeps them', pod('a', 'kind: Node, name: n1'), ['a Pod']],
  ];
  it.each(OWNED)('that own pods: pods %s', (_, text, want) => {
    const { workloads } = read(text).network;
    expect(workloads.map(({ name, kind }) => `${name} ${kind}`)).toEqual(want);
  });

  it('whose pods have different labels are told', () => {
    const other = pod('b', 'kind: ReplicaSet, name: web-1', '{ app: other }');
    expect(read(pod('a', 'kind: ReplicaSet, name: web-1') + other).problems).toEqual([
      expect.stringMatching(/network\/labels-differ/),
    ]);
  });

  it('of KubeVirt run in pods with the labels of their template', () => {
    const text =
      'apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: { name: vm }\nspec: { template: { metadata: { labels: { os: linux } } } }\n';
    expect(read(text).network.workloads).toMatchObject([
      { namespace: 'default', name: 'vm', kind: 'VirtualMachine', labels: { os: 'linux' } },
    ]);
  });
});

const WORDS = [
  'podSelector',
  'namespaceSelector',
  'matchLabels',
  'matchExpressions',
  'key',
  'operator',
  'values',
  'ingress',
  'egress',
  'from',
  'to',
  'ports',
  'port',
  'endPort',
  'protocol',
  'ipBlock',
  'cidr',
  'except',
  'policyTypes',
  'subject',
  'namespaces',
  'pods',
  'priority',
  'action',
  'portNumber',
  'portRange',
  'namedPort',
  'networks',
  'rules',
  'http',
  'paths',
  'backend',
  'service',
  'name',
  'parentRefs',
  'backendRefs',
  '__proto__',
];
const { any } = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 7 },
    fc.constantFrom('Ingress', 'Allow', 'In', '10.0.0.0/8', '::/0', 'http', 'web', 80, 70_000, -1),
    fc.constant(null),
    fc.string({ maxLength: 4 }),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...WORDS), tie('any'), { maxKeys: 5 }),
  ),
}));

describe('objects of any shape', () => {
  it('are read without a fault, and every problem has a line', () => {
    const KINDS = [
      ['networking.k8s.io/v1', 'NetworkPolicy'],
      ['policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy'],
      ['policy.networking.k8s.io/v1alpha1', 'BaselineAdminNetworkPolicy'],
      ['policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy'],
      ['networking.k8s.io/v1', 'Ingress'],
      ['route.openshift.io/v1', 'Route'],
      ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
      ['cilium.io/v2', 'CiliumNetworkPolicy'],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), any, ([apiVersion, kind], spec) => {
        const object = { apiVersion, kind, metadata: { name: 'default', namespace: 'shop' }, spec };
        const { diagnostics } = networkOf(clusterOf(`${WORKLOAD}${JSON.stringify(object)}\n`));
        expect(diagnostics.every(({ line }) => (line ?? 0) > 0)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
