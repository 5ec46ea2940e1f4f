import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { TrustBundle } from '../spiffe/index.ts';
import { subjectAlternativeName } from '../x509/extensions/index.ts';
import { forge, forgedAuthority } from '../x509/testing/forge.ts';
import { ecKey } from '../x509/testing/keys.ts';
import { differenceOf, isSameBundle, judgeSequence, judgeTrustDomain } from './judge.ts';

const KEY = ecKey();
const jwt = (keyId: string) => ({
  keyId,
  publicKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey,
});
function root(name: string, uri?: string): Buffer {
  const parts = forgedAuthority(KEY, name, name, KEY);
  const { names, ...extensions } = parts.extensions;
  void names;
  const added = uri === undefined ? {} : { names: subjectAlternativeName(uri, [], false) };
  return forge({ ...parts, extensions: { ...extensions, ...added } });
}
const [ROOT, OTHER] = [root('one', 'spiffe://example.org'), root('two')];
const [A, B] = [jwt('a'), jwt('b')];
const bundle: TrustBundle = {
  ...{ trustDomain: 'example.org', sequence: 5n, refreshHintSeconds: 60 },
  ...{ x509Authorities: [ROOT, OTHER], jwtAuthorities: [A, B] },
};

describe('whose a bundle is', () => {
  it.each<[string, Buffer]>([
    ['its trust domain', ROOT],
    ['nobody', OTHER],
    ['something that is no SPIFFE ID', root('three', 'https://example.com/ca')],
    ['nobody who could read it', Buffer.from('no certificate')],
  ])('is not contradicted by an authority of %s', (_, der) => {
    expect(() => judgeTrustDomain({ ...bundle, x509Authorities: [der] })).not.toThrow();
  });

  it.each<[string, string]>([
    ['another trust domain', 'spiffe://example.com'],
    ['one that begins alike', 'spiffe://example.org.evil.example'],
    ['the same in other letters', 'SPIFFE://EXAMPLE.ORG'],
  ])('is contradicted by an authority of %s', (_, uri) => {
    const x509Authorities = [ROOT, root('three', uri)];
    expect(() => judgeTrustDomain({ ...bundle, x509Authorities })).toThrow(
      expect.objectContaining({
        code: 'identity/bundle-invalid/other-trust-domain',
        message: expect.stringContaining(`authority 2 of the bundle for \`example.org\` is of`),
      }),
    );
  });
});

describe('the sequence number of a bundle', () => {
  it.each<[string, bigint | undefined, bigint | undefined]>([
    ['grow', 5n, 6n],
    ['stay', 5n, 5n],
    ['be missing now', 5n, undefined],
    ['have been missing', undefined, 1n],
    ['grow beyond what numbers hold', 2n ** 63n, 2n ** 63n + 1n],
  ])('may %s', (_, before, after) => {
    expect(() => judgeSequence(withSequence(before), withSequence(after))).not.toThrow();
  });

  it('may be anything the first time', () => {
    expect(() => judgeSequence(undefined, bundle)).not.toThrow();
  });

  it('may not go back', () => {
    const newer = withSequence(2n ** 63n + 1n);
    expect(() => judgeSequence(newer, withSequence(2n ** 63n))).toThrow(
      expect.objectContaining({
        code: 'identity/bundle-invalid/older',
        message: expect.stringContaining('from sequence number 9223372036854775809 to 92233'),
        hint: expect.stringContaining('`allowOlder`'),
      }),
    );
  });

  function withSequence(sequence: bigint | undefined): TrustBundle {
    const { sequence: _, ...others } = bundle;
    return sequence === undefined ? others : { ...others, sequence };
  }
});

describe('two bundles', () => {
  it('are the same in whatever order their keys stand', () => {
    const turned = {
      ...bundle,
      x509Authorities: [OTHER, ROOT, OTHER],
      jwtAuthorities: [B, A],
    };
    expect(isSameBundle(bundle, turned)).toBe(true);
    expect(differenceOf(bundle, turned)).toEqual({ added: [], removed: [] });
  });

  it.each<[string, Partial<TrustBundle>]>([
    ['sequence number', { sequence: 6n }],
    ['refresh hint', { refreshHintSeconds: 61 }],
    ['list of authorities', { x509Authorities: [ROOT] }],
    ['list of keys', { jwtAuthorities: [A] }],
    ['key of the same id', { jwtAuthorities: [A, { ...A, keyId: 'b' }] }],
  ])('differ where one has another %s', (_, change) => {
    expect(isSameBundle(bundle, { ...bundle, ...change })).toBe(false);
  });

  it('differ by what has come and gone', () => {
    const after = { ...bundle, x509Authorities: [ROOT], jwtAuthorities: [A, B, jwt('c')] };
    const { added, removed } = differenceOf(bundle, after);
    expect(added).toEqual([expect.stringMatching(/^c [0-9a-f]{64}$/)]);
    expect(removed).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(differenceOf(undefined, bundle).added).toHaveLength(4);
  });
});
