import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeliveryTarget, type KubernetesTarget } from '../../model/index.ts';
import { stateOf } from '../marker.ts';
import { readSecret, wantedSecret } from './secret-object.ts';

const fingerprint = (text: string) => createHash('sha256').update(text).digest('hex');
const target = DeliveryTarget.parse({
  ...{ kind: 'kubernetes', cluster: 'eu-1', namespace: 'shop', name: 'db' },
}) as KubernetesTarget;
const parcel = {
  secret: 'e/n/s/db',
  service: 'e/n/s',
  owner: null,
  version: 7,
  value: {},
  until: 0,
};
const wanted = (content: Record<string, string>, seen?: unknown, version = 7) =>
  wantedSecret(
    target,
    { ...parcel, version },
    content,
    seen === undefined ? undefined : readSecret(seen, fingerprint),
    fingerprint,
  );
/** What a server has after it was applied. */
const object = (content: Record<string, string>, seen?: unknown, version?: number) =>
  wanted(content, seen, version).object;

describe('a Secret as Reeve writes it', () => {
  it('is known again, whatever its data is', () => {
    const key = fc.nat().map((number) => `key.${number}`);
    fc.assert(
      fc.property(fc.dictionary(key, fc.string(), { maxKeys: 5 }), (content) => {
        const written = object(content);
        expect(stateOf(readSecret(written, fingerprint), parcel)).toBe('same');
        expect(wanted(content, written).isThere).toBe(true);
      }),
    );
  });

  it('is another where a key is changed or gone, and the same where others have added one', () => {
    const written = object({ a: 'one', b: 'two' });
    const { data } = written as { data: Record<string, string> };
    const state = (changed: object) =>
      stateOf(readSecret({ ...written, data: changed }, fingerprint), parcel);
    expect(state({ ...data, c: 'dGhyZWU=' })).toBe('same');
    expect(state({ ...data, b: 'dGhyZWU=' })).toBe('edited');
    expect(state({ a: data.a })).toBe('edited');
    expect(state({})).toBe('edited');
  });

  it('is named anew when its data changes, and once more when it has to be put right', () => {
    const first = object({ a: 'one' });
    expect(wanted({ a: 'one' }, first, 8)).toMatchObject({ delivery: '7', isThere: false });
    expect(wanted({ a: 'two' }, first, 8)).toMatchObject({ delivery: '8', isThere: false });
    const edited = { ...first, data: { a: 'YnkgaGFuZA==' } };
    const right = wanted({ a: 'one' }, edited);
    expect(right.delivery).toBe('7.1');
    const again = { ...right.object, data: { a: 'YnkgaGFuZA==' } };
    expect(wanted({ a: 'one' }, again).delivery).toBe('7.2');
  });

  it('may be anything in the cluster', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (one, two) => {
        for (const odd of [one, { metadata: one, data: two }, { metadata: { annotations: one } }]) {
          expect(['foreign', 'edited']).toContain(stateOf(readSecret(odd, fingerprint), parcel));
        }
      }),
    );
  });
});
