import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { spiffeIdOf } from '../spiffe/index.ts';
import { DEFAULT_JWT_LIMITS, validateJwtSvid } from './index.ts';
import { BROKEN_TOKENS } from './testing/broken-tokens.ts';
import {
  ask,
  base64url,
  bundle,
  claim,
  header,
  how,
  ID,
  issuerOf,
  judge,
  keyOf,
  NOW,
  type Parts,
  SECONDS,
} from './testing/tokens.ts';

describe('a token', () => {
  it.each<[string, (parts: Parts) => unknown]>([
    ['no typ', header('typ', undefined)],
    ['the typ JOSE', header('typ', 'JOSE')],
    ['an aud that is one text', claim('aud', 'payments')],
    ['several auds', claim('aud', ['stock', 'payments'])],
    ['an exp less than a minute ago', claim('exp', SECONDS - 59.5)],
    ['an nbf in a minute', claim('nbf', SECONDS + 60)],
    ['an iat in a minute', claim('iat', SECONDS + 60)],
    ['no iat', claim('iat', undefined)],
    ['other claims', claim('groups', [{ name: 'a' }])],
    [
      'a kid of 256 characters',
      (p) => {
        const keyId = 'k'.repeat(256);
        p.header.kid = keyId;
        p.how.bundleOf = () => ({
          ...bundle('example.org'),
          jwtAuthorities: [{ keyId, publicKey: keyOf('ES256').publicKey }],
        });
      },
    ],
  ])('with %s is valid', (_, change) => {
    expect(judge(change).id.uri).toBe(ID);
  });

  it.each(BROKEN_TOKENS)('with %s is refused', (_, code, words, change) => {
    expect(() => judge(change)).toThrow(
      expect.objectContaining({
        code: `identity/jwt-invalid/${code}`,
        message: expect.stringContaining(words),
      }),
    );
  });

  it('may be as long as allowed, and no longer', () => {
    const { token } = issuerOf('ES256')(ask, NOW);
    const limits = { ...DEFAULT_JWT_LIMITS, maxLength: token.length };
    expect(validateJwtSvid(token, { ...how, limits }).id.uri).toBe(ID);
    expect(() =>
      validateJwtSvid(token, { ...how, limits: { ...limits, maxLength: token.length - 1 } }),
    ).toThrow(expect.objectContaining({ code: 'identity/jwt-invalid/too-long' }));
  });

  it('is never quoted in what refuses it', () => {
    const { token } = issuerOf('ES256')(ask, NOW);
    const [, claims = '', signature = ''] = token.split('.');
    for (const [, , , change] of BROKEN_TOKENS) {
      try {
        judge(change);
      } catch (thrown) {
        const { message, hint = '' } = thrown as Fault;
        expect(message + hint).not.toContain(claims);
        expect(message + hint).not.toContain(signature);
        expect(message.length).toBeLessThan(400);
      }
    }
  });

  it('with any character changed is refused with a Fault', () => {
    const { token } = issuerOf('ES256')(ask, NOW);
    const character = fc.constantFrom(...'ABCxyz019-_.= ');
    fc.assert(
      fc.property(fc.nat(token.length - 1), character, (at, by) => {
        fc.pre(token[at] !== by);
        const changed = token.slice(0, at) + by + token.slice(at + 1);
        expect(() => validateJwtSvid(changed, how)).toThrow(Fault);
      }),
      { numRuns: 300 },
    );
  });

  it('of any text, header and claims is refused with a Fault', () => {
    const member = fc.constantFrom('alg', 'kid', 'typ', 'sub', 'aud', 'exp', 'nbf', 'iat');
    const value = fc.oneof(
      fc.constantFrom('ES256', 'JWT', ID, 'payments', SECONDS),
      fc.jsonValue(),
    );
    const part = fc.dictionary(member, value).map((one) => base64url(JSON.stringify(one)));
    const token = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(part, part, part).map((parts) => parts.join('.')),
    );
    fc.assert(
      fc.property(token, (text) => {
        expect(() => validateJwtSvid(text, how)).toThrow(Fault);
      }),
      { numRuns: 300 },
    );
  });

  it('gives back the identity and audience that it was issued for', () => {
    const issue = issuerOf('ES256');
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/), { minLength: 1, maxLength: 5 }),
        fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 1e6 }),
        (segments, audience, ttlSeconds) => {
          const id = spiffeIdOf('example.org', ...segments);
          const { token, expiresAt } = issue({ id, audience, ttlSeconds }, NOW);
          const svid = validateJwtSvid(token, { ...how, audience: audience.slice(-1) });
          expect(svid).toMatchObject({ id, audience, expiresAt });
        },
      ),
      { numRuns: 60 },
    );
  });
});
