import { describe, expect, it } from 'vitest';
import type { CredentialObservation } from '../../../estate/index.ts';
import { coreReader } from '../index.ts';
import type { ApiResource } from '../live/discovery.ts';
import { keep } from '../live/kept.ts';
import { readLive } from '../live/reading.ts';

const SECRETS: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
  metadataOnly: true,
};
const LIMITS = { maxObjectBytes: 100_000, maxDepth: 50 };
const set = (manager: string, time: string, ...keys: string[]) => ({
  manager,
  time,
  operation: 'Update',
  fieldsV1: { 'f:data': Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) },
});
const OURS = set('reeve', '2026-05-01T10:00:00Z', 'password');
const MARKED = {
  'reeve.dev/secret': 'production/shop/orders/orders-db',
  'reeve.dev/keys': 'password',
};

/** As the API server gives its metadata. */
function read(
  annotations: Record<string, unknown>,
  managedFields: readonly unknown[],
): readonly CredentialObservation[] {
  const metadata = { name: 'orders-db', namespace: 'shop', annotations, managedFields };
  const object = { metadata: { ...metadata, creationTimestamp: '2026-04-01T10:00:00Z' } };
  const kept = keep(object, SECRETS, LIMITS);
  if (typeof kept === 'string') throw new Error(kept);
  return readLive('eu-1', [kept.value], [coreReader]).observations.filter(
    (one) => one.kind === 'credential',
  );
}

describe('a Secret of a running cluster', () => {
  it('tells when it was made, and when each key last changed', () => {
    const later = set('kubectl-edit', '2026-05-02T10:00:00Z', 'token');
    expect(read({}, [OURS, later])).toMatchObject([
      {
        name: 'orders-db/password',
        created: '2026-04-01T10:00:00.000Z',
        lastRotated: '2026-05-01T10:00:00.000Z',
      },
      { name: 'orders-db/token', lastRotated: '2026-05-02T10:00:00.000Z' },
    ]);
  });

  it('is the secret that Reeve delivers there', () => {
    const [credential] = read(MARKED, [OURS]);
    expect(credential?.keys).toContain('kept:production/shop/orders/orders-db');
    expect(credential?.concerns).toBeUndefined();
  });

  it('was edited by hand where somebody else has set a delivered key', () => {
    const [credential] = read(MARKED, [
      OURS,
      set('kubectl-edit', '2026-05-02T10:00:00Z', 'password'),
    ]);
    expect(credential?.concerns).toEqual([
      {
        problem: 'edited-by-hand',
        since: '2026-05-02T10:00:00.000Z',
        because: 'kubectl-edit has set the key password of the Secret shop/orders-db',
      },
    ]);
  });

  it('was not where they set another key, or a Secret that nobody delivers', () => {
    const other = set('kubectl-edit', '2026-05-02T10:00:00Z', 'token');
    const password = set('kubectl-edit', '2026-05-02T10:00:00Z', 'password');
    const concerns = [...read(MARKED, [OURS, other]), ...read({}, [password])].flatMap(
      (one) => one.concerns ?? [],
    );
    expect(concerns).toEqual([]);
  });

  it.each(['reflector.v1.k8s.emberstack.com/reflects', 'replicator.v1.mittwald.de/replicate-from'])(
    'is a copy of the one that %s names',
    (annotation) => {
      const [credential] = read({ [annotation]: 'vault/orders-db' }, [OURS]);
      expect(credential?.keys).toEqual([
        'secret:shop/orders-db#password',
        'secret:vault/orders-db#password',
      ]);
    },
  );

  it.each([
    [
      'managers without times',
      [
        { ...OURS, time: 7 },
        { ...OURS, time: 'now' },
      ],
    ],
    ['managers without names that fit', [{ ...OURS, manager: 'x'.repeat(200) }]],
    ['no managers', [OURS, null, 7, { fieldsV1: 3 }]],
  ])('tells nothing wrong of %s', (_, fields) => {
    const told = read({ ...MARKED, 'replicator.v1.mittwald.de/replicate-from': 'a/b/c' }, [
      OURS,
      ...fields,
    ]);
    expect(told[0]?.lastRotated).toBe('2026-05-01T10:00:00.000Z');
    expect(told[0]?.concerns).toBeUndefined();
  });
});
