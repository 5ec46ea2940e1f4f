import { describe, expect, it } from 'vitest';
import type { NetworkPeer } from '../../../../estate/index.ts';
import { clusterOf } from '../../../mesh/cluster.fixture.ts';
import { networkOf } from '../index.ts';

function read(spec: string, kind = 'CiliumNetworkPolicy') {
  const text = `apiVersion: cilium.io/v2
kind: ${kind}
metadata: { name: p, namespace: shop }
spec: ${spec}
`;
  const { network, diagnostics } = networkOf(clusterOf(text));
  return {
    policies: network.policies,
    codes: diagnostics.map(({ code, line }) => `${line} ${code}`),
  };
}

const NAME = 'kubernetes.io/metadata.name';
const is = (key: string, value: string) => ({ key, operator: 'In', values: [value] });
const inShop = [is(NAME, 'shop')];

/** What the first rule of ingress says. */
function ruleOf(rule: string, kind?: string) {
  const { policies, codes } = read(`{ endpointSelector: {}, ingress: [${rule}] }`, kind);
  return { ...policies[0]?.ingress?.[0], codes };
}

const everyPod: NetworkPeer = { kind: 'pods', selector: { namespaces: [], pods: [] } };
const block = (cidr: string, ...except: string[]) => ({
  kind: 'addresses',
  block: { cidr, except },
});

describe('a policy of Cilium on the network layer', () => {
  it('is one policy for each direction that has rules', () => {
    const { policies } = read(
      '{ endpointSelector: { matchLabels: { k8s:app: db } }, ingress: [{}], ingressDeny: [{}], egressDeny: [{}], egress: [] }',
    );
    expect(
      policies.map(({ ingress, egress }) => [
        ingress?.map(({ action }) => action),
        egress?.map(({ action }) => action),
      ]),
    ).toEqual([
      [['allow', 'deny'], undefined],
      [undefined, ['deny']],
    ]);
    expect(policies[0]).toMatchObject({
      title: 'CiliumNetworkPolicy shop/p',
      tier: 'network',
      subject: { namespaces: inShop, pods: [is('app', 'db')] },
    });
    expect(read('{ endpointSelector: {}, ingress: [], egress: [] }').policies).toEqual([]);
  });

  it('isolates unless it says that it does not', () => {
    const { policies } = read(
      '{ endpointSelector: {}, enableDefaultDeny: { ingress: false }, ingress: [{}], egress: [{}] }',
    );
    expect(policies.map(({ isolates }) => isolates)).toEqual([false, undefined]);
  });

  const PEERS: [rule: string, peers: unknown][] = [
    ['{}', []],
    ['{ toPorts: [{ ports: [{ port: "80" }] }] }', [{ kind: 'everything' }]],
    ['{ fromEndpoints: [] }', []],
    ['{ fromEndpoints: [{}] }', [{ kind: 'pods', selector: { namespaces: inShop, pods: [] } }]],
    [
      '{ fromEndpoints: [{ matchLabels: { "k8s:io.kubernetes.pod.namespace": back, "any:app": web } }] }',
      [{ kind: 'pods', selector: { namespaces: [is(NAME, 'back')], pods: [is('app', 'web')] } }],
    ],
    [
      '{ fromEndpoints: [{ matchLabels: { io.cilium.k8s.namespace.labels.team: a }, matchExpressions: [{ key: "k8s:io.kubernetes.pod.namespace", operator: Exists }] }] }',
      [
        {
          kind: 'pods',
          selector: {
            namespaces: [is('team', 'a'), { key: NAME, operator: 'Exists', values: [] }],
            pods: [],
          },
        },
      ],
    ],
    ['{ fromEntities: [all] }', [{ kind: 'everything' }]],
    ['{ fromEntities: [world] }', [block('0.0.0.0/0'), block('::/0')]],
    ['{ fromEntities: [cluster, host] }', [everyPod]],
    ['{ fromCIDR: [10.0.0.0/8, 10.1.2.3] }', [block('10.0.0.0/8'), block('10.1.2.3/32')]],
    [
      '{ fromCIDRSet: [{ cidr: 10.0.0.0/8, except: [10.1.0.0/16] }] }',
      [block('10.0.0.0/8', '10.1.0.0/16')],
    ],
  ];
  it.each(PEERS)('with %s means these peers', (rule, peers) => {
    expect(ruleOf(rule).peers).toEqual(peers);
  });

  it('of the cluster means endpoints of every namespace', () => {
    expect(ruleOf('{ fromEndpoints: [{}] }', 'CiliumClusterwideNetworkPolicy').peers).toEqual([
      everyPod,
    ]);
  });

  const any = (first: number, last: number) =>
    ['TCP', 'UDP', 'SCTP'].map((transport) => ({ kind: 'numbers', transport, first, last }));
  const PORTS: [rule: string, ports: unknown][] = [
    ['{ fromEntities: [all] }', undefined],
    ['{ toPorts: [{}] }', undefined],
    ['{ toPorts: [{ ports: [{ port: "80" }] }] }', any(80, 80)],
    [
      '{ toPorts: [{ ports: [{ port: "80", endPort: 90, protocol: TCP }] }] }',
      any(80, 90).slice(0, 1),
    ],
    ['{ toPorts: [{ ports: [{ port: "0", protocol: UDP }] }] }', any(1, 65_535).slice(1, 2)],
    [
      '{ toPorts: [{ ports: [{ port: http, protocol: TCP }] }] }',
      [{ kind: 'name', name: 'http', transport: 'TCP' }],
    ],
    [
      '{ toPorts: [{ ports: [{ port: http }] }] }',
      [{ kind: 'name', name: 'http', transport: undefined }],
    ],
    ['{ icmps: [{ fields: [{ type: 8 }] }] }', []],
  ];
  it.each(PORTS)('with %s means these ports', (rule, ports) => {
    expect(ruleOf(rule).ports).toEqual(ports);
  });

  const TOLD: [rule: string, code: string][] = [
    ['{ fromEntities: [host] }', 'entity-not-judged'],
    ['{ fromRequires: [{}] }', 'peers-not-judged'],
    ['{ fromCIDRSet: [{ cidrGroupRef: g }] }', 'peers-not-judged'],
    ['{ fromCIDR: [10.0.0.0/40] }', 'block-malformed'],
    ['{ fromEndpoints: [{ matchLabels: { "reserved:host": "" } }] }', 'reserved-not-judged'],
    ['{ toPorts: [{ ports: [{ port: "70000" }] }] }', 'port-malformed'],
  ];
  it.each(TOLD)('with %s is told with its line', (rule, code) => {
    expect(ruleOf(rule).codes).toEqual([`4 network/${code}`]);
  });

  it('knows the service account of a pod', () => {
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: { name: w, namespace: shop }\nspec: { serviceAccountName: robot, containers: [] }\n---\n';
    const policy =
      'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: p, namespace: shop }\nspec: { endpointSelector: {} }\n';
    const [workload] = networkOf(clusterOf(pod + policy)).network.workloads;
    expect(workload?.labels).toEqual({ 'io.cilium.k8s.policy.serviceaccount': 'robot' });
    expect(networkOf(clusterOf(pod)).network.workloads[0]?.labels).toEqual({});
  });
});
