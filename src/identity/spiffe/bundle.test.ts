import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { forge, forgedAuthority } from '../x509/testing/forge.ts';
import { ecKey, rsaKey } from '../x509/testing/keys.ts';
import { parseBundle, type TrustBundle, toBundleFinder, writeBundle, writeJwks } from './index.ts';

const KEYS = { a: ecKey(), b: ecKey('P-384'), rsa: rsaKey() };
const root = (name: string, key = KEYS.a) => forge(forgedAuthority(key, name, name, key));
const ROOT = root('root 1');
const X5C = ROOT.toString('base64');
const jwk = ({ publicKey }: typeof KEYS.a) => publicKey.export({ format: 'jwk' });
const x509 = { kty: 'EC', use: 'x509-svid', x5c: [X5C] };
const jwt = { ...jwk(KEYS.a), use: 'jwt-svid', kid: 'key 1' };
const parse = (document: unknown) => parseBundle('example.org', JSON.stringify(document));

describe('a SPIFFE bundle document', () => {
  const bundle: TrustBundle = {
    trustDomain: 'example.org',
    x509Authorities: [ROOT, root('root 2', KEYS.b), root('root 3', KEYS.rsa)],
    jwtAuthorities: [KEYS.a, KEYS.b, KEYS.rsa].map(({ publicKey }, index) => ({
      keyId: `key ${index}`,
      publicKey,
    })),
    sequence: 2n ** 64n - 1n,
    refreshHintSeconds: 300,
  };

  it('gives back what was written', () => {
    const { bundle: read, ignored } = parseBundle('example.org', writeBundle(bundle));
    expect(ignored).toEqual([]);
    expect(read.trustDomain).toBe('example.org');
    expect(read.x509Authorities.map(String)).toEqual(bundle.x509Authorities.map(String));
    expect(read.jwtAuthorities.map(({ keyId }) => keyId)).toEqual(['key 0', 'key 1', 'key 2']);
    read.jwtAuthorities.forEach(({ publicKey }, index) => {
      expect(bundle.jwtAuthorities[index]?.publicKey.equals(publicKey)).toBe(true);
    });
    expect(read.sequence).toBe(18_446_744_073_709_551_615n);
    expect(read.refreshHintSeconds).toBe(300);
  });

  it('is written as the specification wants it', () => {
    const written = JSON.parse(writeBundle({ ...bundle, sequence: 7n })) as {
      keys: Record<string, unknown>[];
    };
    expect(written).toMatchObject({ spiffe_sequence: 7, spiffe_refresh_hint: 300 });
    const { x: _, y: __, ...first } = written.keys[0] ?? {};
    expect(first).toEqual({ kty: 'EC', crv: 'P-256', use: 'x509-svid', x5c: [X5C] });
    expect(written.keys[3]).toEqual({ ...jwt, kid: 'key 0' });
    expect(Object.keys(written.keys[5] ?? {}).sort()).toEqual(['e', 'kid', 'kty', 'n', 'use']);
  });

  it('of nothing has empty keys, and trusts nothing', () => {
    const empty = { trustDomain: 'example.org', x509Authorities: [], jwtAuthorities: [] };
    expect(writeBundle(empty)).toBe('{"keys":[]}');
    expect(parse({ keys: [] })).toEqual({ bundle: empty, ignored: [] });
  });

  it('never tells a private key', () => {
    const jwtAuthorities = [{ keyId: 'a', publicKey: KEYS.rsa.privateKey }];
    for (const text of [
      writeBundle({ ...bundle, jwtAuthorities }),
      writeJwks({ jwtAuthorities }, 'sig'),
    ]) {
      const { d = '-', p = '-' } = KEYS.rsa.privateKey.export({ format: 'jwk' });
      expect(text.includes(d) || text.includes(p)).toBe(false);
    }
  });

  it('has a part that is a JWK set of the keys of tokens', () => {
    expect(JSON.parse(writeJwks(bundle, 'sig'))).toMatchObject({
      keys: [{ kid: 'key 0', use: 'sig' }, { kid: 'key 1' }, { kid: 'key 2', kty: 'RSA' }],
    });
  });

  it('may be bytes, and have members that nobody knows', () => {
    const text = JSON.stringify({
      keys: [{ ...jwt, alg: 'ES256', x5t: 'a' }],
      other: { deep: [1] },
    });
    expect(parseBundle('example.org', Buffer.from(text)).bundle.jwtAuthorities).toHaveLength(1);
  });

  it.each<[string, object, string]>([
    ['an unknown type', { ...x509, kty: 'OKP' }, 'type (kty) `OKP` is not known'],
    ['no type', { ...x509, kty: undefined }, 'type (kty) `undefined` is not known'],
    ['a type that is no text', { ...x509, kty: 7 }, 'type (kty) `7` is not known'],
    ['an unknown use', { ...x509, use: 'sig' }, 'use `sig` is not known'],
    ['a use in other letters', { ...x509, use: 'X509-SVID' }, 'is not known'],
    ['no use', { ...x509, use: undefined }, 'use `undefined` is not known'],
    ['a use that is a word of JavaScript', { ...x509, use: 'constructor' }, 'is not known'],
    ['no certificate', { ...x509, x5c: undefined }, 'has no certificate'],
    ['an empty list of certificates', { ...x509, x5c: [] }, 'has no certificate'],
    ['no key id', { ...jwt, kid: undefined }, 'has no key id'],
    ['an empty key id', { ...jwt, kid: '' }, 'has no key id'],
  ])('passes over a key with %s, and keeps the others', (_, key, why) => {
    const { bundle: read, ignored } = parse({ keys: [jwt, key, x509] });
    expect(ignored).toEqual([{ index: 1, why: expect.stringContaining(why) }]);
    expect([read.x509Authorities.length, read.jwtAuthorities.length]).toEqual([1, 1]);
  });

  it('takes the first of several certificates', () => {
    const { bundle: read } = parse({ keys: [{ ...x509, x5c: [X5C, 'no certificate'] }] });
    expect(read.x509Authorities.map((der) => der.equals(ROOT))).toEqual([true]);
  });

  const privateJwk = KEYS.a.privateKey.export({ format: 'jwk' });
  const many = (count: number) =>
    Array.from({ length: count }, (_, kid) => ({ ...jwt, kid: `${kid}` }));
  it.each<[string, unknown, string]>([
    ['a list', [], 'it is not an object'],
    ['nothing', null, 'it is not an object'],
    ['without keys', {}, '`keys` is missing'],
    ['with keys that are no list', { keys: {} }, '`keys` is missing or not a list'],
    ['with a key that is no object', { keys: [jwt, 'key'] }, 'key 1 is not an object'],
    ['with a certificate that is no text', { keys: [{ ...x509, x5c: [7] }] }, 'not base64'],
    ['with certificates that are no list', { keys: [{ ...x509, x5c: X5C }] }, 'not base64'],
    ['with PEM', { keys: [{ ...x509, x5c: ['-----BEGIN'] }] }, 'not base64'],
    [
      'with PEM in base64',
      {
        keys: [
          {
            ...x509,
            x5c: [
              Buffer.from(
                `-----BEGIN CERTIFICATE-----\n${X5C}\n-----END CERTIFICATE-----\n`,
              ).toString('base64'),
            ],
          },
        ],
      },
      'a certificate (x5c) that is none',
    ],
    [
      'with bytes behind a certificate',
      { keys: [{ ...x509, x5c: [Buffer.concat([ROOT, Buffer.of(0)]).toString('base64')] }] },
      'a certificate (x5c) that is none',
    ],
    [
      'with a certificate of another key',
      { keys: [{ ...jwk(KEYS.b), ...x509 }] },
      'not the key of its certificate',
    ],
    [
      'with half a key beside a certificate',
      { keys: [{ ...x509, crv: 'P-256', x: 'AA' }] },
      'not the key of its certificate',
    ],
    ['with a key that is none', { keys: [{ ...jwt, x: 'AA' }] }, 'key 0 is not a public key'],
    [
      'with a key of another curve',
      { keys: [{ ...jwt, crv: 'P-999' }] },
      'key 0 is not a public key',
    ],
    ['with a key id that is no text', { keys: [{ ...jwt, kid: 7 }] }, 'at most 256 characters'],
    [
      'with a key id of 257 characters',
      { keys: [{ ...jwt, kid: 'k'.repeat(257) }] },
      'at most 256 characters',
    ],
    ['with a key id twice', { keys: [jwt, jwt] }, 'the key id `key 1` stands there twice'],
    [
      'with a private key',
      { keys: [{ ...privateJwk, use: 'jwt-svid', kid: 'a' }] },
      'holds a private key: revoke it',
    ],
    [
      'with a private key of unknown use',
      { keys: [{ ...privateJwk }] },
      'holds a private key: revoke it',
    ],
    ['with a negative sequence', { keys: [], spiffe_sequence: -1 }, '`spiffe_sequence` is not'],
    ['with a broken sequence', { keys: [], spiffe_sequence: 1.5 }, '`spiffe_sequence` is not'],
    ['with a sequence in words', { keys: [], spiffe_sequence: '1' }, '`spiffe_sequence` is not'],
    [
      'with a sequence of 21 digits',
      { keys: [], spiffe_sequence: JSON.parse('100000000000000000000') },
      '`spiffe_sequence` is not',
    ],
    ['with a negative hint', { keys: [], spiffe_refresh_hint: -1 }, '`spiffe_refresh_hint` is not'],
    ['with a broken hint', { keys: [], spiffe_refresh_hint: 0.5 }, '`spiffe_refresh_hint` is not'],
    [
      'with a hint in words',
      { keys: [], spiffe_refresh_hint: '5' },
      '`spiffe_refresh_hint` is not',
    ],
  ])('%s is refused', (_, document, why) => {
    expect(() => parse(document)).toThrow(
      expect.objectContaining({
        code: 'identity/bundle-malformed',
        message: expect.stringContaining(why),
      }),
    );
  });

  it('that holds a private key does not say it', () => {
    const read = () => parse({ keys: [{ ...privateJwk, use: 'jwt-svid', kid: 'a' }] });
    const { d = '' } = privateJwk;
    expect(read).toThrow(expect.objectContaining({ message: expect.not.stringContaining(d) }));
  });

  it.each([
    ['{"keys":[}', 'it is not JSON'],
    ['', 'it is not JSON'],
    ['['.repeat(500_000), 'it is not JSON'],
    [`{"keys":[],"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'it is not JSON'],
  ])('of other text (%#) is refused', (text, why) => {
    expect(() => parseBundle('example.org', text)).toThrow(why);
  });

  it('that is not UTF-8 is refused', () => {
    expect(() =>
      parseBundle('example.org', Buffer.from('{"keys":[],"a":"\xff"}', 'latin1')),
    ).toThrow(/it is not JSON/);
  });

  it('has bounds on bytes and keys', () => {
    const limits = { maxBytes: 10_000, maxKeys: 3 };
    const read = (document: unknown) =>
      parseBundle('example.org', JSON.stringify(document), limits);
    expect(read({ keys: many(3) }).bundle.jwtAuthorities).toHaveLength(3);
    expect(() => read({ keys: many(4) })).toThrow(
      expect.objectContaining({
        code: 'identity/bundle-too-large',
        message: expect.stringContaining('4 keys, more than the 3'),
      }),
    );
    const fill = (bytes: number) => `{"keys":[]}${' '.repeat(bytes - 11)}`;
    expect(parseBundle('example.org', fill(10_000), limits).ignored).toEqual([]);
    for (const large of [fill(10_001), Buffer.from(fill(10_001))]) {
      expect(() => parseBundle('example.org', large, limits)).toThrow(
        /10001 bytes, more than the 10000/,
      );
    }
  });

  it('of any text is a bundle or a Fault', () => {
    const member = fc.constantFrom('kty', 'use', 'kid', 'x5c', 'crv', 'x', 'y', 'n', 'e', 'd');
    const value = fc.oneof(
      fc.constantFrom(
        'EC',
        'RSA',
        'x509-svid',
        'jwt-svid',
        'P-256',
        [X5C],
        ...Object.values(jwk(KEYS.a)),
      ),
      fc.jsonValue(),
    );
    const key = fc.dictionary(member, value);
    const document = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ keys: fc.array(key), spiffe_sequence: value }).map((one) => JSON.stringify(one)),
    );
    fc.assert(
      fc.property(document, (text) => {
        try {
          expect(parseBundle('example.org', text).bundle.trustDomain).toBe('example.org');
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('bundles', () => {
  const of = (trustDomain: string): TrustBundle => ({
    trustDomain,
    x509Authorities: [],
    jwtAuthorities: [
      { keyId: 'a', publicKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey },
    ],
  });

  it('are found by their trust domain alone', () => {
    const [a, b] = [of('a.example'), of('b.example')];
    const find = toBundleFinder([a, b]);
    expect([find('a.example'), find('b.example'), find('example')]).toEqual([a, b, undefined]);
  });

  it('of one trust domain are not merged', () => {
    expect(() => toBundleFinder([of('a.example'), of('a.example')])).toThrow(
      expect.objectContaining({ code: 'identity/bundle-conflict' }),
    );
  });
});
