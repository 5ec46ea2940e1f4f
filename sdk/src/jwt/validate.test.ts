import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BROKEN_TOKENS } from '../../../src/identity/jwt/testing/broken-tokens.ts';
import {
  ask,
  BUNDLES,
  how,
  ID,
  issuerOf,
  judge,
  NOW,
  type Parts,
} from '../../../src/identity/jwt/testing/tokens.ts';
import { writeJwks } from '../../../src/identity/spiffe/index.ts';
import { ReeveError } from '../error.ts';
import { readJwtBundle } from './bundle.ts';
import { type JwtValidation, validateJwt } from './validate.ts';

/** The server shuts workloads out, and is stricter with JSON than RFC 7519 asks. */
const OF_THE_SERVER = new Set(['denied', 'duplicate', 'too-deep']);
const ROWS = BROKEN_TOKENS.filter(([broken, code]) => {
  return !OF_THE_SERVER.has(code) && broken !== 'a bundle of another trust domain';
});

/** What the Workload API sends of the same bundles. */
const bundles = new Map(
  BUNDLES.map((bundle) => [
    bundle.trustDomain,
    readJwtBundle(writeJwks(bundle, 'jwt-svid'), bundle.trustDomain),
  ]),
);
const validation: JwtValidation = {
  bundleOf: (trustDomain) => bundles.get(trustDomain),
  audience: how.audience,
  now: NOW,
};

/** Makes the token of a row, which the server refuses. */
function tokenOf(change: (parts: Parts) => unknown) {
  let token: string | undefined;
  let audience: readonly string[] | undefined;
  try {
    judge((parts) => {
      change(parts);
      const { finish } = parts;
      audience = parts.how.audience;
      parts.finish = (text) => (token = finish(text));
    });
  } catch {}
  if (token === undefined) throw new Error('the row makes no token');
  return { token, audience: audience ?? how.audience };
}

describe('a JWT-SVID', () => {
  it.each(['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'])(
    'signed with %s is valid',
    (algorithm) => {
      const { token } = issuerOf(algorithm)(ask, NOW);
      expect(validateJwt(token, validation)).toMatchObject({
        spiffeId: ID,
        trustDomain: 'example.org',
        path: '/ns/shop/sa/orders',
        audience: ['payments'],
        expiresAt: new Date(NOW + 300_000),
      });
    },
  );

  it.each(ROWS)('with %s is refused', (_, code, _words, change) => {
    const { token, audience } = tokenOf(change);
    expect(() => validateJwt(token, { ...validation, audience })).toThrow(
      expect.objectContaining({ name: 'ReeveError', code: `jwt/${code}` }),
    );
  });

  it('is tried in more than fifty ways', () => {
    expect(ROWS.length).toBeGreaterThan(50);
  });

  it('of any text is refused with a ReeveError', () => {
    const { token } = issuerOf('ES256')(ask, NOW);
    const part = fc.oneof(fc.constantFrom(...token.split('.')), fc.string(), fc.base64String());
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const text = parts.join('.');
        fc.pre(text !== token);
        expect(() => validateJwt(text, validation)).toThrow(ReeveError);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a JWT bundle', () => {
  it('passes over what it does not know', () => {
    const keys = [null, 7, {}, { kid: 'a', kty: 'odd' }, { kid: 'b', use: 'x509-svid', kty: 'EC' }];
    expect(readJwtBundle(JSON.stringify({ keys }), 'example.org').size).toBe(0);
  });

  it.each(['', '{', '[]', 'null', '{"keys":{}}', JSON.stringify({ keys: Array(201).fill({}) })])(
    'of %j is refused',
    (text) => {
      expect(() => readJwtBundle(text, 'example.org')).toThrow(
        expect.objectContaining({ code: 'jwt/bundle-malformed' }),
      );
    },
  );
});
