import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../caller.ts';
import { ReeveError } from '../error.ts';
import { identify } from './identify.ts';
import type { JwtVerifier } from './options.ts';

const NOW = Date.UTC(2030, 0, 1);
const WEB: Caller = {
  spiffeId: 'spiffe://example.org/web',
  trustDomain: 'example.org',
  path: '/web',
  proof: 'mtls',
  expiresAt: new Date(NOW + 1_000),
};
const tokenOf = (claims: unknown): string =>
  ['{}', JSON.stringify(claims), '']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const TOKEN = `Bearer ${tokenOf({ sub: 'spiffe://example.org/web' })}`;

const jwtOf = (validate: JwtVerifier['validate']) => ({ source: { validate }, audience: 'orders' });
const believing = jwtOf(async () => ({ spiffeId: WEB.spiffeId, expiresAt: WEB.expiresAt }));
const never = jwtOf(() => Promise.reject(new Error('nobody must ask')));

describe('identify', () => {
  it('believes a certificate until a minute after it has expired', async () => {
    const proofs = { mtls: WEB, authorization: undefined };
    expect(await identify(proofs, undefined, NOW + 61_000)).toEqual({
      kind: 'caller',
      caller: WEB,
    });
    expect(await identify(proofs, undefined, NOW + 61_001)).toMatchObject({
      kind: 'refused',
      refusal: { status: 401, code: 'caller/proof-expired' },
    });
  });

  it('asks with the audience, and a limit of time', async () => {
    const asked: unknown[] = [];
    const jwt = jwtOf(async (token, audience, signal) => {
      asked.push([`Bearer ${token}`, audience, signal instanceof AbortSignal]);
      return { spiffeId: WEB.spiffeId, expiresAt: WEB.expiresAt };
    });
    const identified = await identify({ mtls: undefined, authorization: TOKEN }, jwt, NOW);
    expect(identified).toEqual({ kind: 'caller', caller: { ...WEB, proof: 'jwt' } });
    expect(asked).toEqual([[TOKEN, 'orders', true]]);
  });

  it.each([
    [
      'a refused token',
      new ReeveError('identity/jwt-invalid/expired', 'the JWT-SVID expired'),
      401,
      'token-invalid',
    ],
    ['a lost agent', new ReeveError('workload-api/unavailable', 'lost'), 503, 'unavailable'],
    ['a fault', new TypeError('oops'), 503, 'unavailable'],
  ])('tells apart what goes wrong: %s', async (_, error, status, reason) => {
    const jwt = jwtOf(() => Promise.reject(error));
    for (const mtls of [undefined, WEB]) {
      expect(await identify({ mtls, authorization: TOKEN }, jwt, NOW)).toMatchObject({
        kind: 'refused',
        refusal: { status, code: `caller/${reason}`, cause: error },
      });
    }
  });

  it('refuses a verifier that names nobody', async () => {
    const jwt = jwtOf(async () => ({ spiffeId: 'web', expiresAt: WEB.expiresAt }));
    expect(await identify({ mtls: undefined, authorization: TOKEN }, jwt, NOW)).toMatchObject({
      kind: 'refused',
      refusal: { status: 503 },
    });
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['another scheme', 'Basic dTpw'],
    ['no token', 'Bearer '],
    ['two tokens', 'Bearer a b'],
    ['an opaque token', 'Bearer abc'],
    ['a token of a user', `Bearer ${tokenOf({ sub: 'someone' })}`],
    ['a subject that is no text', `Bearer ${tokenOf({ sub: ['spiffe://example.org/web'] })}`],
    ['claims that are null', `Bearer ${tokenOf(null)}`],
    ['claims that are no JSON', 'Bearer e30.e.x'],
    ['four parts', `${TOKEN}.x`],
    ['an endless one', `Bearer ${'a'.repeat(20_000)}.${TOKEN.slice(7)}`],
  ])('does not ask about an Authorization header with %s', async (_, authorization) => {
    const nobody = { kind: 'nobody', refusal: { status: 401, code: 'caller/unauthenticated' } };
    expect(await identify({ mtls: undefined, authorization }, never, NOW)).toMatchObject(nobody);
    expect(await identify({ mtls: WEB, authorization }, never, NOW)).toMatchObject({ caller: WEB });
  });

  it('reads the scheme whatever its case', async () => {
    const authorization = TOKEN.replace('Bearer', 'bearer');
    expect(await identify({ mtls: undefined, authorization }, believing, NOW)).toMatchObject({
      kind: 'caller',
    });
  });

  it('finds nobody in any header, and never fails', async () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    );
    const token = fc.array(part, { maxLength: 4 }).map((parts) => `Bearer ${parts.join('.')}`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), token), async (authorization) => {
        const identified = await identify({ mtls: undefined, authorization }, never, NOW);
        expect(identified.kind).not.toBe('caller');
      }),
    );
  });
});
