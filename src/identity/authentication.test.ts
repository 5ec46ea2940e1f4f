import { describe, expect, it } from 'vitest';
import type { CallRecord, Permission, Posture, ServiceRecord, Source } from '../estate/index.ts';
import { admittedBy, authenticate, judgeCalls } from './authentication.ts';

const configured: Source = { reader: 'kubernetes', how: 'configured', file: 'a.yaml', line: 1 };
const callee: ServiceRecord = {
  id: 'prod/shop/orders',
  environment: 'prod',
  namespace: 'shop',
  name: 'orders',
  isAnywhere: false,
  kind: 'workload',
  owner: undefined,
  criticality: undefined,
  sensitivity: [],
  runsAs: [],
  declaredSecrets: [],
  identities: ['ns/shop/sa/orders'],
  aliases: [],
  images: [],
  postures: [],
  permissions: [],
  routes: [],
  ports: [],
  declaresCalls: false,
  authorizationMode: undefined,
  retired: false,
  sources: [configured],
};
const caller: ServiceRecord = {
  ...callee,
  id: 'prod/shop/web',
  name: 'web',
  identities: ['ns/shop/sa/web'],
  postures: [{ mesh: 'istio', inbound: 'strict', because: 'PeerAuthentication shop/default' }],
};
const call: CallRecord = {
  id: 'x',
  from: caller.id,
  to: callee.id,
  operation: '*',
  sources: [configured],
  evidence: [{ evidence: 'environment variable ORDERS_URL', source: configured }],
};
const posture = (inbound: Posture['inbound'], port?: number): Posture => ({
  mesh: 'istio',
  inbound,
  because: 'PeerAuthentication shop/default',
  ...(port !== undefined && { port }),
});
const allow = (...from: string[]): Permission => ({
  policy: 'AuthorizationPolicy shop/orders',
  effect: 'allow',
  layer: 'request',
  from,
  operations: ['*'],
  source: configured,
});
const onPort = (port: number): CallRecord => ({
  ...call,
  evidence: [{ evidence: 'x', source: configured, port }],
});

describe('the authentication of a call', () => {
  const cases: [
    sentence: string,
    call: CallRecord,
    callee: Partial<ServiceRecord>,
    want: string,
  ][] = [
    [
      'is mtls where the mesh refuses everyone else',
      call,
      { postures: [posture('strict')] },
      'mtls',
    ],
    ['is none where plain text is let in too', call, { postures: [posture('permissive')] }, 'none'],
    ['is none where mTLS is off', call, { postures: [posture('disabled')] }, 'none'],
    [
      'is unknown where the mesh contradicts itself',
      call,
      { postures: [posture('unknown')] },
      'unknown',
    ],
    [
      'follows the port',
      onPort(9090),
      { postures: [posture('strict'), posture('disabled', 9090)] },
      'none',
    ],
    [
      'follows the other ports where the port has no rule',
      onPort(80),
      { postures: [posture('strict'), posture('disabled', 9090)] },
      'mtls',
    ],
    [
      'is the weakest of all ports where the port is not known',
      call,
      { postures: [posture('strict'), posture('disabled', 9090)] },
      'none',
    ],
    [
      'is judged at the port of the pod that the Service leads to',
      onPort(80),
      {
        ports: [{ port: 80, target: 8080 }],
        postures: [posture('permissive'), posture('strict', 8080)],
      },
      'mtls',
    ],
    [
      'is judged where the Services lead, where the port is not known',
      call,
      {
        ports: [{ port: 80, target: 8080 }],
        postures: [posture('permissive'), posture('strict', 8080)],
      },
      'mtls',
    ],
    [
      'is the weakest of all ports that the caller is told',
      { ...call, evidence: [...onPort(80).evidence, ...onPort(9090).evidence] },
      {
        ports: [{ port: 80, target: 8080 }],
        postures: [posture('permissive'), posture('strict', 8080)],
      },
      'none',
    ],
    [
      'is token where only validated tokens are let in',
      call,
      { permissions: [allow('*token')] },
      'token',
    ],
    [
      'is token beside a policy that lets nobody in',
      call,
      { permissions: [allow('*token'), allow()] },
      'token',
    ],
    [
      'is not token where others are let in too',
      call,
      { permissions: [allow('*token', '*')] },
      'none',
    ],
    [
      'is token beside a policy that lets nobody in',
      call,
      { permissions: [allow('*token'), allow()] },
      'token',
    ],
    [
      'is token behind permissive mTLS',
      call,
      { postures: [posture('permissive')], permissions: [allow('*token')] },
      'token',
    ],
    ['is none for a workload without any mesh', call, {}, 'none'],
    [
      'is unknown for a workload that no configuration describes',
      call,
      { sources: [{ reader: 'openapi', how: 'declared' }] },
      'unknown',
    ],
    ['is unknown for a datastore', call, { kind: 'datastore' }, 'unknown'],
    [
      'is unknown outside the estate',
      call,
      { kind: 'external', postures: [posture('strict')] },
      'unknown',
    ],
    [
      'is what an enforcing party saw',
      {
        ...call,
        evidence: [{ evidence: 'peer certificate', authentication: 'mtls', source: configured }],
      },
      {},
      'mtls',
    ],
  ];
  it.each(cases)('%s', (_, of, change, want) => {
    expect(authenticate(of, { ...callee, ...change }).authentication).toBe(want);
  });
  it('names the policy that limits addresses only', () => {
    const permissions = [{ ...allow('shop/web'), layer: 'network' as const }];
    const { evidence } = authenticate(call, { ...callee, permissions });
    expect(evidence).toBe(
      'orders is deployed without a mesh: AuthorizationPolicy shop/orders limits from where it is called, and nothing proves who calls',
    );
  });
  it('names the object that decides', () => {
    const { evidence } = authenticate(call, {
      ...callee,
      postures: [posture('permissive')],
    });
    expect(evidence).toBe('PeerAuthentication shop/default: plain text is let in beside mTLS');
  });
});

describe('a policy', () => {
  const cases: [from: string, admits: boolean][] = [
    ['*', true],
    ['*authenticated', true],
    ['shop/web', true],
    ['shop/*', true],
    ['ns/shop/sa/web', true],
    ['other/*', false],
    ['shop/other', false],
    ['cluster', true],
    ['world', false],
  ];
  it.each(cases)('from %s admits shop/web: %s', (from, admits) => {
    const found = admittedBy(call, caller, { ...callee, permissions: [allow(from)] });
    expect(found).toEqual(admits ? ['AuthorizationPolicy shop/orders'] : []);
  });
});

it('a policy for validated tokens admits a call that nothing else lets in', () => {
  const found = admittedBy(call, caller, { ...callee, permissions: [allow('*token')] });
  expect(found).toEqual(['AuthorizationPolicy shop/orders']);
});

it('a policy for whoever has an identity does not admit a caller outside the mesh', () => {
  const found = admittedBy(
    call,
    { ...caller, postures: [] },
    { ...callee, permissions: [allow('*authenticated')] },
  );
  expect(found).toEqual([]);
});

describe('a call of unknown operation', () => {
  const named = { ...call, id: 'y', operation: 'GET /orders' };
  it('is evidence for the calls of known operations to the same service', () => {
    const found = judgeCalls([call, named], [caller, callee]);
    expect(found.map(({ operation, sources }) => [operation, sources.length])).toEqual([
      ['GET /orders', 2],
    ]);
  });
  it('stands where nothing more is known', () => {
    expect(judgeCalls([call], [caller, callee]).map(({ operation }) => operation)).toEqual(['*']);
  });
});
