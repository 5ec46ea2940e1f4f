import { describe, expect, it } from 'vitest';
import type {
  CalleeRules,
  OperationRule,
  Policy,
  PolicyService,
} from '../src/authorization/model/index.ts';
import { placementsOf, TARGETS } from '../src/authorization/targets/index.ts';
import { sampleRule, sampleService } from '../src/authorization/testing/samples.ts';
import type { Permission } from '../src/estate/index.ts';
import { cilium } from '../src/sources/cilium/index.ts';
import { coreReader } from '../src/sources/kubernetes/core/index.ts';
import { networkOf } from '../src/sources/kubernetes/network/index.ts';
import type { ClusterReader } from '../src/sources/kubernetes/resource.ts';
import { kuma } from '../src/sources/kuma/index.ts';
import { linkerd } from '../src/sources/linkerd/index.ts';
import { clusterOf, readCluster } from '../src/sources/mesh/cluster.fixture.ts';

/** What targets write is read back by the readers of Reeve, as the same permissions. */

const WORKLOADS = ['shop/orders', 'shop/web', 'tools/mail', 'shop/reviews']
  .map((key) => {
    const [namespace, name] = key.split('/');
    return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  template:
    metadata:
      labels: { app: ${name} }
      annotations: { linkerd.io/inject: enabled, kuma.io/sidecar-injection: enabled }
    spec:
      serviceAccountName: ${name}
      containers: [{ name: a, ports: [{ name: http, containerPort: 8080 }] }]
---
`;
  })
  .join('');

const MESH = `apiVersion: kuma.io/v1alpha1
kind: Mesh
metadata: { name: default }
spec: { mtls: { enabledBackend: ca, backends: [{ name: ca, type: builtin }] } }
---
`;

const service = (namespace: string, name: string) =>
  sampleService(`default/${namespace}/${name}`, {
    identities: [`spiffe://cluster.local/ns/${namespace}/sa/${name}`],
  });

const [orders, web, mail, reviews] = [
  service('shop', 'orders'),
  service('shop', 'web'),
  service('tools', 'mail'),
  service('shop', 'reviews'),
] as const;

const rule = (method: string, path: string, except: string[] = []) =>
  sampleRule(`${method} ${path}`, { except });

const caller = (one: PolicyService, ...allowed: OperationRule[]) => ({
  identities: one.identities,
  services: [one],
  allowed,
});

const RULES: CalleeRules[] = [
  {
    service: orders,
    mode: 'enforce',
    callers: [
      caller(web, rule('POST', '/orders'), rule('GET', '/orders/{id}', ['/orders/export'])),
      caller(mail, rule('GET', '/orders/export')),
    ],
  },
];
const POLICY: Policy = {
  services: [orders, web, mail, reviews],
  endpoints: [],
  grants: [],
  guardrails: [],
};

function permissionsBy(target: string, reader: ClusterReader, before = ''): Permission[] {
  const base = before + WORKLOADS;
  const { network } = networkOf(clusterOf(base));
  const compiled = TARGETS[target]?.compile(RULES, {
    placements: placementsOf(POLICY.services, network.workloads),
    trustDomain: 'cluster.local',
    policy: POLICY,
    egress: false,
  });
  const text = compiled?.files.map((file) => file.text).join('---\n') ?? '';
  const { observations, diagnostics } = readCluster(reader, base + text);
  expect(diagnostics.filter(({ severity }) => severity !== 'note')).toEqual([]);
  return observations.flatMap((one) =>
    one.kind === 'service' && one.subject.by === 'name' && one.subject.name === 'orders'
      ? (one.permission ?? [])
      : [],
  );
}

/** Whether permissions let a caller in with a request, as the text of their operations has it. */
function permit(permissions: readonly Permission[], from: string, request: string): boolean {
  const [method = '', path = ''] = request.split(' ');
  return permissions.some(
    (one) =>
      one.effect === 'allow' &&
      one.from.includes(from) &&
      one.operations.some((operation) => {
        if (operation === '*' || operation === '8080') return true;
        const [methods = '', pattern = ''] = operation.split(/ (.*)/s);
        return new RegExp(`^(?:${methods})$`).test(method) && isPath(pattern, path);
      }),
  );
}

function isPath(pattern: string, path: string): boolean {
  return pattern === path || new RegExp(`^(?:${pattern})$`).test(path);
}

const REQUESTS: [from: string, request: string, allowed: boolean][] = [
  ['shop/web', 'POST /orders', true],
  ['shop/web', 'POST /orders/', true],
  ['shop/web', 'GET /orders/17', true],
  ['shop/web', 'GET /orders/export', false],
  ['shop/web', 'GET /orders/EXPORT', false],
  ['shop/web', 'DELETE /orders/17', false],
  ['tools/mail', 'GET /orders/export', true],
  ['tools/mail', 'GET /orders/17', false],
  ['shop/reviews', 'GET /orders/17', false],
];

describe('what is written for a mesh', () => {
  it.each([
    ['cilium', cilium],
    ['linkerd', linkerd],
  ] as const)('%s is read as the same requests', (target, reader) => {
    const permissions = permissionsBy(target, reader);
    const read = REQUESTS.map(([from, request]) => [
      from,
      request,
      permit(permissions, from, request),
    ]);
    expect(read).toEqual(REQUESTS);
  });

  it.each([
    ['kuma', kuma, MESH],
    ['networkpolicy', coreReader, ''],
  ] as const)('%s is read as the same connections', (target, reader, before) => {
    const permissions = permissionsBy(target, reader, before);
    const callers = ['shop/web', 'tools/mail', 'shop/reviews'].filter((from) =>
      permit(permissions, from, 'GET /orders/17'),
    );
    expect(callers).toEqual(['shop/web', 'tools/mail']);
    expect(permissions.flatMap(({ from }) => from)).not.toContain('*');
  });
});
