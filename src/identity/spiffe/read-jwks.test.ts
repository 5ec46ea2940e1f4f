import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { readJwks, writeJwks } from './index.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = publicKey.export({ format: 'jwk' });
const read = (...keys: unknown[]) => readJwks('example.org', JSON.stringify({ keys }));

describe('a JWK set', () => {
  it('gives the JWT authorities of its trust domain', () => {
    const authority = { keyId: 'a', publicKey };
    const set = writeJwks({ jwtAuthorities: [authority] }, 'jwt-svid');
    const bundle = readJwks('example.org', set);
    expect(bundle).toMatchObject({ trustDomain: 'example.org', x509Authorities: [] });
    expect(bundle.jwtAuthorities).toHaveLength(1);
    expect(bundle.jwtAuthorities[0]?.keyId).toBe('a');
    expect(bundle.jwtAuthorities[0]?.publicKey.equals(publicKey)).toBe(true);
  });

  it('may leave out what its keys are used for', () => {
    expect(read({ ...jwk, kid: 'a' }).jwtAuthorities).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['is no object', null],
    ['is a number', 7],
    ['has nothing', {}],
    ['is of another kind', { kid: 'a', kty: 'odd' }],
    ['is a secret that both sides share', { kid: 'a', kty: 'oct', k: 'AAAA' }],
    ['is used for certificates', { ...jwk, kid: 'a', use: 'x509-svid' }],
    ['is used for something else', { ...jwk, kid: 'a', use: 'sig' }],
    ['has no id', jwk],
    ['has an empty id', { ...jwk, kid: '' }],
    ['has an id that is no text', { ...jwk, kid: 7 }],
    ['has an id of 257 characters', { ...jwk, kid: 'k'.repeat(257) }],
    ['is no point of its curve', { ...jwk, kid: 'a', x: jwk.y }],
    ['is private', { ...privateKey.export({ format: 'jwk' }), kid: 'a' }],
  ])('passes over a key that %s', (_, key) => {
    const { jwtAuthorities } = read(key, { ...jwk, kid: 'good' });
    expect(jwtAuthorities.map(({ keyId }) => keyId)).toEqual(['good']);
  });

  it.each([
    ['', 'malformed'],
    ['{', 'malformed'],
    ['[]', 'malformed'],
    ['null', 'malformed'],
    ['{"keys":{}}', 'malformed'],
    [JSON.stringify({ keys: [jwk, jwk].map((key) => ({ ...key, kid: 'a' })) }), 'malformed'],
    [JSON.stringify({ keys: Array(201).fill({}) }), 'too-large'],
    [' '.repeat((1 << 20) + 1), 'too-large'],
  ])('of %.40j is refused', (text, reason) => {
    expect(() => readJwks('example.org', text)).toThrow(
      expect.objectContaining({ code: `identity/bundle-${reason}` }),
    );
  });

  it('of any JSON is read, or refused with a Fault', () => {
    const value = fc.oneof(
      fc.json(),
      fc.jsonValue().map((keys) => JSON.stringify({ keys })),
    );
    fc.assert(
      fc.property(value, (text) => {
        try {
          expect(readJwks('example.org', text).jwtAuthorities).toBeInstanceOf(Array);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});
