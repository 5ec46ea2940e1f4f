import { constants, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { spiffeIdOf } from '../spiffe/index.ts';
import { ALGORITHMS } from './algorithms.ts';
import { createJwtIssuer, type JwtSvidRequest, validateJwtSvid } from './index.ts';
import { ask, how, ID, issuerOf, keyFor, keyOf, NOW, SECONDS } from './testing/tokens.ts';

describe('a JWT-SVID', () => {
  it.each([...ALGORITHMS.keys()])('signed with %s is valid', (algorithm) => {
    const { token, expiresAt, issuedAt } = issuerOf(algorithm)(ask, NOW + 999);
    expect([issuedAt, expiresAt]).toEqual([NOW, NOW + 300_000]);
    const svid = validateJwtSvid(token, how);
    expect(svid).toMatchObject({ id: ask.id, audience: ['payments'], expiresAt });
    expect(svid.claims).toEqual({ sub: ID, aud: ['payments'], iat: SECONDS, exp: SECONDS + 300 });
    expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())).toEqual({
      alg: algorithm,
      kid: keyFor(algorithm),
      typ: 'JWT',
    });
  });

  it('is signed as the specification of its algorithm says', () => {
    const check = (algorithm: string, options: object) => {
      const [header, claims, signature = ''] = issuerOf(algorithm)(ask, NOW).token.split('.');
      const key = { key: keyOf(keyFor(algorithm)).publicKey, ...options };
      const bytes = Buffer.from(`${header}.${claims}`);
      return verify(`sha${algorithm.slice(2)}`, bytes, key, Buffer.from(signature, 'base64url'));
    };
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING };
    expect(check('ES256', { dsaEncoding: 'ieee-p1363' })).toBe(true);
    expect(check('ES256', { dsaEncoding: 'der' })).toBe(false);
    expect(check('RS384', {})).toBe(true);
    expect(check('PS384', {})).toBe(false);
    expect(check('PS384', { ...pss, saltLength: 48 })).toBe(true);
    expect(check('PS512', { ...pss, saltLength: 64 })).toBe(true);
  });

  it('is signed with ES256 where nothing else is said, and may name an issuer', () => {
    const { privateKey } = keyOf('ES256');
    const issue = createJwtIssuer({ keyId: 'ES256', privateKey });
    const { token } = issue({ ...ask, issuer: 'https://example.org' }, NOW);
    expect(validateJwtSvid(token, how).claims.iss).toBe('https://example.org');
  });

  it.each<[string, Partial<JwtSvidRequest>]>([
    ['path', { id: spiffeIdOf('example.org') }],
    ['audience', { audience: [] }],
    ['audience', { audience: [''] }],
    ['audience', { audience: ['a'.repeat(2_049)] }],
    ['audience', { audience: Array(65).fill('a') }],
    ['ttl', { ttlSeconds: 0 }],
    ['ttl', { ttlSeconds: 1.5 }],
    ['ttl', { ttlSeconds: Number.POSITIVE_INFINITY }],
  ])('is not issued for its %s', (reason, change) => {
    expect(() => issuerOf('ES256')({ ...ask, ...change }, NOW)).toThrow(
      expect.objectContaining({ code: `identity/jwt-request-invalid/${reason}` }),
    );
  });

  it.each([
    ['HS256', 'rsa', 'is no algorithm of JWT-SVIDs'],
    ['none', 'rsa', 'is no algorithm of JWT-SVIDs'],
    ['EdDSA', 'ed', 'is no algorithm of JWT-SVIDs'],
    ['ES256', 'rsa', 'is of type rsa'],
    ['RS256', 'ES256', 'is of type ec'],
    ['ES256', 'ES384', 'is on the curve secp384r1'],
    ['ES256', 'koblitz', 'is on the curve secp256k1'],
    ['RS256', 'weak', 'has 1024 bits, fewer than 2048'],
  ])('is not signed with %s and the key %s', (algorithm, keyId, why) => {
    expect(() => issuerOf(algorithm, keyId)).toThrow(
      expect.objectContaining({
        code: 'identity/key-invalid',
        message: expect.stringContaining(why),
      }),
    );
  });

  it('is not signed with a public key', () => {
    const { publicKey } = keyOf('ES256');
    expect(() => createJwtIssuer({ keyId: 'a', privateKey: publicKey })).toThrow(/is not private/);
  });
});
