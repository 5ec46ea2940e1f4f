import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permissionsOf, posturesOf, readCluster, weaknessesOf } from '../mesh/cluster.fixture.ts';
import { kuma } from './index.ts';
import { BASE, from, MTLS, mesh, object, onNamespace, P, PERMISSIONS } from './testing/cases.ts';

describe('inbound mTLS of Kuma', () => {
  it.each(MTLS)('%s', (_, manifest, want, because) => {
    const postures = posturesOf(readCluster(kuma, manifest).observations, 'orders');
    expect(postures.map(({ inbound }) => inbound)).toEqual(want);
    expect(postures[0]?.because).toMatch(because);
  });

  it('is not judged where there is no mesh', () => {
    expect(readCluster(kuma, onNamespace('a: b')).observations).toEqual([]);
  });

  it('points at the field that decides', () => {
    const text = `${BASE}${object('Mesh', '', 'name: default')}  mtls:
    enabledBackend: ca
    backends:
      - name: ca
        mode: PERMISSIVE
`.replace('spec: \n  mtls', 'spec:\n  mtls');
    const { observations } = readCluster(kuma, text);
    expect(posturesOf(observations, 'orders')).toMatchObject([{ line: 43 }]);
    expect(weaknessesOf(observations)).toContain(
      'identity/mtls-permissive Mesh default: orders @43',
    );
  });
});

describe('permissions of Kuma', () => {
  it.each(PERMISSIONS)('%s', (_, manifest, want) => {
    const { observations } = readCluster(kuma, BASE + manifest);
    expect(permissionsOf(observations, 'orders')).toEqual(want);
  });

  it('for the whole mesh are broad', () => {
    const { observations } = readCluster(kuma, BASE + mesh() + from('{ kind: Mesh }'));
    expect(weaknessesOf(observations)).toEqual([`authorization/broad-policy ${P}: orders @43`]);
  });
});

const { any } = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(
      'Mesh',
      'MeshSubset',
      'Dataplane',
      'Allow',
      'Deny',
      'Strict',
      'spiffe://a/ns/b',
      'a_b_svc_1',
      '*',
    ),
    fc.string({ maxLength: 5 }),
    fc.constant(null),
    fc.integer(),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'targetRef',
        'kind',
        'tags',
        'labels',
        'name',
        'from',
        'rules',
        'default',
        'action',
        'allow',
        'spiffeID',
        'value',
        'type',
        'mode',
        'mtls',
        'backends',
        'sources',
        'destinations',
        'match',
        'kuma.io/service',
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
      'Mesh',
      'MeshTLS',
      'MeshIdentity',
      'MeshTrafficPermission',
      'TrafficPermission',
    );
    fc.assert(
      fc.property(kinds, any, (kind, spec) => {
        const text = BASE + mesh() + object(kind, JSON.stringify(spec));
        expect(readCluster(kuma, text).observations.length).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
  });
});
