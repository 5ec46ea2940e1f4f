import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permissionsOf, posturesOf, readCluster, weaknessesOf } from '../mesh/cluster.fixture.ts';
import { linkerd } from './index.ts';
import {
  ACCOUNT,
  annotated,
  authorization,
  BASE,
  DEFAULTS,
  object,
  onNamespace,
  P,
  POLICY,
  policy,
  SERVER,
  SERVERS,
  TLS,
} from './testing/cases.ts';

describe('the default inbound policy of Linkerd', () => {
  it.each(DEFAULTS)('%s', (_, manifest, want, because) => {
    const [posture] = posturesOf(readCluster(linkerd, manifest).observations, 'orders');
    expect(posture?.inbound).toBe(want);
    expect(posture?.because).toMatch(because);
  });

  it('is not judged where there is no mesh', () => {
    expect(readCluster(linkerd, onNamespace('a: b')).observations).toEqual([]);
  });

  it('does not hold for skipped ports', () => {
    const skipping = annotated('config.linkerd.io/skip-inbound-ports: "25, 8000-9000, x"');
    expect(
      posturesOf(readCluster(linkerd, skipping).observations, 'orders').map(
        ({ inbound }) => inbound,
      ),
    ).toEqual(['permissive', '25 disabled', '8080 disabled']);
  });

  it('that lets everyone in by somebody’s word is a weakness', () => {
    const open = annotated(`${POLICY}: all-unauthenticated`);
    expect(weaknessesOf(readCluster(linkerd, open).observations)).toEqual([
      'identity/mtls-permissive Deployment shop/orders: orders @10',
      'authorization/broad-policy Deployment shop/orders: orders @10',
    ]);
  });
});

describe('a Server of Linkerd', () => {
  it.each(SERVERS)('%s', (_, manifest, inbound, permission) => {
    const base = manifest.includes('kind: Server\n') ? BASE : BASE + SERVER;
    const { observations } = readCluster(linkerd, base + manifest);
    const port = posturesOf(observations, 'orders').find((one) => one.inbound.startsWith('8080'));
    expect(port?.inbound).toBe(`8080 ${inbound}`);
    expect(permissionsOf(observations, 'orders')).toEqual([permission]);
    expect(permissionsOf(observations, 'web')).toEqual(['allow default: * → *']);
  });

  it('is lax if one of its policies is', () => {
    const both = policy(`[${ACCOUNT}]`) + authorization('{ unauthenticated: true }');
    const { observations } = readCluster(linkerd, BASE + SERVER + both);
    expect(posturesOf(observations, 'orders')[1]).toMatchObject({
      inbound: '8080 permissive',
      because: 'ServerAuthorization shop/s lets callers without mTLS through Server shop/http',
    });
    expect(weaknessesOf(observations)).toEqual([
      'identity/mtls-permissive ServerAuthorization shop/s: orders @38',
      'authorization/broad-policy ServerAuthorization shop/s: orders @38',
    ]);
  });

  it('lets callers of a policy for a route do what the route matches', () => {
    const route = object(
      'HTTPRoute',
      'r',
      '{ parentRefs: [{ kind: Server, name: http }], rules: [{ matches: [{ method: GET, path: { type: Exact, value: /orders } }, { path: { value: /v1/ } }] }] }',
    );
    const target = '{ group: policy.linkerd.io, kind: HTTPRoute, name: r }';
    const { observations } = readCluster(
      linkerd,
      BASE + SERVER + route + policy(`[${ACCOUNT}]`, target),
    );
    expect(permissionsOf(observations, 'orders')).toEqual([`${P} shop/web → GET /orders, * /v1*`]);
  });

  it('lets assume injection where no annotation says anything', () => {
    const { observations } = readCluster(linkerd, onNamespace('a: b') + SERVER);
    expect(posturesOf(observations, 'orders')[0]?.because).toMatch(/injection is assumed/);
  });
});

const { any } = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(
      'http',
      'Server',
      'Namespace',
      'shop',
      'MeshTLSAuthentication',
      '*',
      '0.0.0.0/0',
    ),
    fc.string({ maxLength: 5 }),
    fc.constant(null),
    fc.integer(),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'podSelector',
        'matchLabels',
        'port',
        'targetRef',
        'kind',
        'name',
        'requiredAuthenticationRefs',
        'client',
        'meshTLS',
        'identities',
        'networks',
        'cidr',
        'server',
        'selector',
        'accessPolicy',
        'parentRefs',
        'rules',
        'matches',
        'path',
        '__proto__',
      ),
      tie('any'),
      { maxKeys: 5 },
    ),
  ),
}));

describe('objects of any shape', () => {
  it('are read without a fault', () => {
    const kinds = fc.constantFrom(
      'Server',
      'ServerAuthorization',
      'AuthorizationPolicy',
      'HTTPRoute',
      'MeshTLSAuthentication',
      'NetworkAuthentication',
    );
    fc.assert(
      fc.property(kinds, any, (kind, spec) => {
        const text = BASE + SERVER + policy(`[${TLS}]`) + object(kind, 'tls', JSON.stringify(spec));
        expect(readCluster(linkerd, text).observations.length).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
  });
});
