import { load, loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { NetworkWorkload } from '../../estate/index.ts';
import type { CalleeRules, OperationRule, PolicyService } from '../model/index.ts';
import { sampleRule, sampleService, sampleSource } from '../testing/samples.ts';
import type { TargetContext } from './compiled.ts';
import { TARGETS } from './index.ts';
import { nameOf } from './manifests.ts';
import { placementsOf } from './placements.ts';
import { workloadsFor } from './testing/index.ts';

/** What is said, and done, where a target cannot say all of a policy. */

const service = (name: string, rest: Partial<PolicyService> = {}) =>
  sampleService(`default/shop/${name}`, {
    identities: [`spiffe://cluster.local/ns/shop/sa/${name}`],
    ...rest,
  });

const RULE = sampleRule('GET /orders', { because: [sampleSource('web/reeve.yaml', 9)] });
const EVERYTHING = { ...RULE, method: '*', path: '/**' };

interface Case {
  readonly orders?: Partial<PolicyService>;
  readonly web?: Partial<PolicyService>;
  readonly allowed?: readonly Partial<OperationRule>[];
  readonly workloads?: (workloads: NetworkWorkload[]) => NetworkWorkload[];
  readonly egress?: boolean;
}

function compiled(target: string, { orders, web, allowed, workloads, egress = false }: Case) {
  const [callee, caller] = [service('orders', orders), service('web', web)];
  const policy = { services: [callee, caller], endpoints: [], grants: [], guardrails: [] };
  const rules: CalleeRules[] = [
    {
      service: callee,
      mode: callee.mode,
      callers: [
        {
          identities: caller.identities,
          services: [caller],
          allowed: (allowed ?? [RULE]).map((one) => ({ ...RULE, ...one })),
        },
      ],
    },
  ];
  const pods = workloadsFor(policy.services);
  const context: TargetContext = {
    placements: placementsOf(policy.services, workloads ? workloads(pods) : pods),
    trustDomain: 'cluster.local',
    policy,
    egress,
  };
  const { files, notices } = TARGETS[target]?.compile(rules, context) ?? { files: [], notices: [] };
  const said = notices.filter((one) => one.service !== undefined);
  return {
    notices: said.map(({ effect, message }) => `${effect}: ${message}`),
    sources: said.map(({ source }) => source?.line),
    text: files.map(({ text }) => text).join('---\n'),
    file: (path: string) => files.find((one) => one.path === path)?.text ?? '',
  };
}

const without = (name: string) => (all: NetworkWorkload[]) =>
  all.filter((one) => one.service !== name);
const changed = (name: string, change: Partial<NetworkWorkload>) => (all: NetworkWorkload[]) =>
  all.map((one) => (one.service === name ? { ...one, ...change } : one));

describe('notices', () => {
  it.each<[string, string, Case, RegExp]>([
    [
      'networkpolicy',
      'a callee without a place',
      { workloads: without('orders') },
      /^denied: Nobody is let in: no workload/,
    ],
    [
      'networkpolicy',
      'a caller without a place',
      { workloads: without('web') },
      /^denied: It is denied: no workload/,
    ],
    [
      'networkpolicy',
      'a callee on its host',
      { workloads: changed('orders', { hostNetwork: true }) },
      /^left: Nothing is enforced at orders/,
    ],
    [
      'networkpolicy',
      'a caller on its host',
      { workloads: changed('web', { hostNetwork: true }) },
      /^denied: It is denied: web-web runs in the network/,
    ],
    [
      'networkpolicy',
      'a caller elsewhere',
      { web: { environment: 'other' } },
      /^denied: It is denied: it runs in another environment/,
    ],
    [
      'networkpolicy',
      'no declared port',
      { workloads: changed('orders', { ports: [] }) },
      /^left: No port of orders is declared/,
    ],
    ['networkpolicy', 'operations', {}, /^left: Its connections are let through whole/],
    [
      'networkpolicy',
      'who is called from outside',
      { orders: { exposure: 'internet' } },
      /^denied: It is exposed to the internet/,
    ],
    [
      'networkpolicy',
      'an external callee',
      { orders: { kind: 'external' }, workloads: without('orders') },
      /^left: It runs elsewhere/,
    ],
    [
      'cilium',
      'guardrails that look at requests',
      { allowed: [{ conditions: ['g7'] }] },
      /^denied: Guardrails must be asked each time \(g7\)/,
    ],
    [
      'cilium',
      'another protocol',
      { allowed: [{ protocol: 'graphql', method: 'QUERY', path: 'order' }] },
      /^denied: Operations of graphql/,
    ],
    [
      'cilium',
      'uncommon methods',
      { allowed: [EVERYTHING] },
      /^denied: Methods other than those of RFC 9110/,
    ],
    [
      'cilium',
      'a long path',
      { allowed: [{ path: `/${'a'.repeat(200)}` }] },
      /^denied: It is denied: the regular expression would be too long/,
    ],
    [
      'cilium',
      'a foreign identity',
      { web: { identities: ['spiffe://b.example/x'] } },
      /^denied: Cilium does not know spiffe:\/\/b.example\/x/,
    ],
    [
      'linkerd',
      'a foreign identity',
      { web: { identities: ['spiffe://b.example/ns/shop/sa/web'] } },
      /^denied: Linkerd does not know/,
    ],
    [
      'linkerd',
      'ports that are not of TCP',
      {
        workloads: changed('orders', {
          ports: [{ name: undefined, number: 53, transport: 'UDP' }],
        }),
      },
      /^left: Some of its ports are not of TCP/,
    ],
    ['linkerd', 'probes', {}, /^denied: Probes of its pods/],
    ['linkerd', 'shadow mode', { orders: { mode: 'shadow' } }, /^left: It is in shadow mode/],
    ['kuma', 'operations', {}, /^left: Its connections/],
    [
      'kuma',
      'labels that others have',
      {
        workloads: (all) =>
          all.map((one) => ({
            ...one,
            labels: one.service === 'orders' ? { app: 'x' } : { app: 'x', role: 'web' },
          })),
      },
      /^denied: Nobody is let in: Kuma can tell/,
    ],
  ])('%s tells of %s', (target, _, what, want) => {
    const { notices } = compiled(target, what);
    expect(notices.filter((one) => want.test(one))).toHaveLength(1);
  });

  it('have the line that declares the call', () => {
    expect(compiled('kuma', {}).sources).toEqual([9]);
  });

  it('are not due where connections say all', () => {
    const database = { orders: { kind: 'datastore' as const }, allowed: [EVERYTHING] };
    for (const target of ['networkpolicy', 'kuma', 'cilium', 'linkerd']) {
      expect({ target, notices: compiled(target, database).notices }).toEqual({
        target,
        notices: [],
      });
    }
  });
});

describe('objects', () => {
  it('of Cilium let a database be connected to, and never have an empty list of requests', () => {
    const database = { orders: { kind: 'datastore' as const }, allowed: [EVERYTHING] };
    expect(compiled('cilium', database).text).toMatch(/fromEndpoints[\s\S]*port: '8080'/);
    expect(compiled('cilium', database).text).not.toContain('http:');
    expect(compiled('cilium', { allowed: [{ conditions: ['g'] }] }).text).not.toContain(
      'fromEndpoints',
    );
  });

  it('of Kuma deny where nobody calls, but not what an ingress must be let in to', () => {
    const denied = (web: Partial<PolicyService>) =>
      compiled('kuma', { web }).file('default/shop/web.yaml').includes('deny:');
    expect(denied({})).toBe(true);
    expect(denied({ exposure: 'internet' })).toBe(false);
  });

  it('of Linkerd are opaque for a database', () => {
    const { text } = compiled('linkerd', { orders: { kind: 'datastore' } });
    expect(text).toContain('proxyProtocol: opaque');
    expect(text).not.toContain('HTTPRoute');
  });

  it('of networks let names be looked up where they restrict what goes out', () => {
    const { file } = compiled('networkpolicy', { egress: true });
    const all = load(file('default/shop.yaml')) as { spec: { egress: unknown[] } };
    expect(all.spec.egress).toEqual([
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
          },
        ],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ]);
    const [web] = loadAll(file('default/shop/web.yaml')) as { spec: { egress: unknown } }[];
    expect(web?.spec.egress).toEqual([
      {
        to: [{ podSelector: { matchLabels: { app: 'orders' } } }],
        ports: [
          { protocol: 'TCP', port: 8080 },
          { protocol: 'TCP', port: 9090 },
        ],
      },
    ]);
  });

  it('have names that Kubernetes takes, whatever services are called', () => {
    const { text } = compiled('linkerd', { orders: { name: `Orders_${'x'.repeat(80)}` } });
    const names = [...text.matchAll(/^ {2}name: (.*)$/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(0);
    const label = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
    for (const name of names) {
      expect(name).toMatch(new RegExp(`^${label}(\\.${label})*$`));
    }
  });

  it.each([
    ['what leaves a service', nameOf('x', 'egress'), nameOf('x-egress')],
    ['one of its workloads', nameOf('x', 'y'), nameOf('x-y')],
    ['one of its ports', nameOf('x', '80'), nameOf('x-80')],
    ['what had to be changed', nameOf('x.y'), nameOf(nameOf('x.y').slice('reeve-'.length))],
  ])('about %s have the name of no other service', (_, one, other) => {
    expect(one).not.toBe(other);
  });

  it('about what leaves a service and about another are two', () => {
    const { text } = compiled('networkpolicy', {
      orders: { name: 'web-egress' },
      egress: true,
    });
    const names = [...text.matchAll(/^ {2}name: (.*)$/gm)].map(([, name]) => name);
    expect(names).toEqual(expect.arrayContaining(['reeve-web-egress', 'egress.reeve-web']));
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(Object.keys(TARGETS))('of %s do not depend on the order of rules', (target) => {
    const some = [RULE, { ...RULE, path: '/orders/{id}' }, { ...RULE, method: 'POST' }];
    const texts = [some, some.toReversed()].map((allowed) => compiled(target, { allowed }).text);
    expect(texts[0]).toBe(texts[1]);
  });
});
