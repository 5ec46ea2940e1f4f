import { describe, expect, it } from 'vitest';
import { posturesOf, readCluster, weaknessesOf } from '../mesh/cluster.fixture.ts';
import { istio } from './index.ts';
import {
  BASE,
  INJECTION,
  MTLS,
  NAMESPACE,
  policy,
  STRICT,
  unlabelled,
  WORKLOAD,
} from './testing/mtls-cases.ts';

describe('inbound mTLS of Istio', () => {
  it.each(MTLS)('%s', (_, manifest, want, because) => {
    const { observations } = readCluster(istio, BASE + manifest);
    const postures = posturesOf(observations, 'orders');
    expect(postures.map(({ inbound }) => inbound)).toEqual(want);
    expect(postures[0]?.because).toMatch(because);
  });

  it('points at the field that decides', () => {
    const lines = `${BASE}---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec:
  selector:
    matchLabels: { app: orders }
  mtls:
    mode: STRICT
  portLevelMtls:
    9090:
      mode: DISABLE
`;
    const { observations } = readCluster(istio, lines);
    expect(posturesOf(observations, 'orders').map(({ line }) => line)).toEqual([23, 26]);
    expect(weaknessesOf(observations)).toEqual([
      'identity/mtls-disabled PeerAuthentication shop/default: orders @26',
    ]);
  });

  it('reads the root namespace from the installation', () => {
    const install =
      '---\napiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: { name: i }\nspec: { meshConfig: { rootNamespace: mesh } }\n';
    const root = policy(STRICT, 'name: default, namespace: mesh');
    const { observations } = readCluster(istio, BASE + install + root);
    expect(posturesOf(observations, 'orders')).toMatchObject([{ inbound: 'strict' }]);
  });

  it.each([
    ['istio', 'istio.io/rev: default', 'strict'],
    ['istio', 'app: other', 'permissive'],
    ['other', 'istio.io/rev: default', 'permissive'],
  ])('reads the root namespace from the ConfigMap %s, labelled %s, or not', (name, label, want) => {
    const running = `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: mesh, labels: { ${label} } }\ndata: { mesh: "trustDomain: x\\nrootNamespace: mesh\\n" }\n`;
    const root = policy(STRICT, 'name: default, namespace: mesh');
    const { observations } = readCluster(istio, BASE + running + root);
    expect(posturesOf(observations, 'orders')).toMatchObject([{ inbound: want }]);
  });
});

describe('who is in the mesh of Istio', () => {
  it.each(INJECTION)('%s', (_, manifest, want, because) => {
    const { observations } = readCluster(istio, manifest + policy(STRICT));
    const postures = posturesOf(observations, 'orders');
    expect(postures.map(({ inbound }) => inbound)).toEqual(want);
    expect(postures[0]?.because).toMatch(because);
  });

  it('nobody, where there is no mesh', () => {
    expect(readCluster(istio, unlabelled)).toEqual({ observations: [], diagnostics: [] });
  });

  it('not what runs the cluster', () => {
    const system = WORKLOAD.replace('namespace: shop', 'namespace: kube-system');
    expect(readCluster(istio, NAMESPACE + system).observations).toEqual([]);
  });
});

const rule = (spec: string) =>
  policy(spec, 'name: r, namespace: shop', 'DestinationRule').replace('security', 'networking');

describe('a DestinationRule', () => {
  const RULES: [name: string, spec: string, want: string[]][] = [
    [
      'that sends plain text',
      '{ host: orders, trafficPolicy: { tls: { mode: DISABLE } } }',
      ['orders'],
    ],
    [
      'that shows no certificate',
      '{ host: orders.shop.svc.cluster.local, trafficPolicy: { tls: { mode: SIMPLE } } }',
      ['orders.shop.svc.cluster.local'],
    ],
    [
      'of one port',
      '{ host: orders, trafficPolicy: { portLevelSettings: [{ port: { number: 1 }, tls: { mode: DISABLE } }] } }',
      ['orders'],
    ],
    [
      'of one subset',
      '{ host: orders, subsets: [{ name: a, trafficPolicy: { tls: { mode: DISABLE } } }] }',
      ['orders'],
    ],
    [
      'for the whole mesh',
      '{ host: "*.local", trafficPolicy: { tls: { mode: DISABLE } } }',
      ['all'],
    ],
    ['that keeps mTLS', '{ host: orders, trafficPolicy: { tls: { mode: ISTIO_MUTUAL } } }', []],
    [
      'towards the internet',
      '{ host: api.example.com, trafficPolicy: { tls: { mode: SIMPLE } } }',
      [],
    ],
  ];
  it.each(RULES)('%s', (_, spec, want) => {
    const { observations } = readCluster(istio, BASE + rule(spec));
    expect(weaknessesOf(observations)).toEqual(
      want.map((host) => `identity/mtls-disabled DestinationRule shop/r: ${host} @19`),
    );
  });
});
