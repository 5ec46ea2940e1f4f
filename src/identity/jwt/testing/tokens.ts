import { type KeyObject, sign } from 'node:crypto';
import { parseSpiffeId, type TrustBundle, toBundleFinder } from '../../spiffe/index.ts';
import { ecKey, edKey, rsaKey, type TestKey } from '../../x509/testing/keys.ts';
import { createJwtIssuer, type JwtSvidRequest } from '../sign.ts';
import { type JwtSvidValidation, validateJwtSvid } from '../validate.ts';

export const NOW = Date.UTC(2026, 5, 1, 12);
export const SECONDS = NOW / 1_000;
export const ID = 'spiffe://example.org/ns/shop/sa/orders';
export const KEYS: Readonly<Record<string, TestKey>> = {
  ES256: ecKey(),
  ES384: ecKey('P-384'),
  ES512: ecKey('P-521'),
  rsa: rsaKey(),
  weak: rsaKey(1_024),
  ed: edKey(),
  koblitz: ecKey('secp256k1'),
  foreign: ecKey(),
};
export const keyOf = (name: string): TestKey => {
  const key = KEYS[name];
  if (!key) throw new Error(`no key ${name}`);
  return key;
};
export const keyFor = (algorithm: string) => (algorithm.startsWith('ES') ? algorithm : 'rsa');
export const bundle = (trustDomain: string, ...names: string[]): TrustBundle => ({
  trustDomain,
  x509Authorities: [],
  jwtAuthorities: names.map((keyId) => ({ keyId, publicKey: keyOf(keyId).publicKey })),
});
export const BUNDLES = [
  bundle('example.org', 'ES256', 'ES384', 'ES512', 'rsa', 'weak', 'ed', 'koblitz'),
  bundle('example.com', 'foreign'),
];
export const how: JwtSvidValidation = {
  bundleOf: toBundleFinder(BUNDLES),
  audience: ['spiffe://example.org/ns/shop/sa/payments', 'payments'],
  now: NOW,
};
export const ask: JwtSvidRequest = {
  id: parseSpiffeId(ID),
  audience: ['payments'],
  ttlSeconds: 300,
};
export const issuerOf = (algorithm: string, keyId = keyFor(algorithm)) =>
  createJwtIssuer({ keyId, privateKey: keyOf(keyId).privateKey, algorithm });

/** The parts of a token that is valid; a row of the table breaks one. */
export interface Parts {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  key: KeyObject;
  sign: (bytes: Buffer, key: KeyObject) => Buffer;
  encode: (value: Record<string, unknown>, part: 'header' | 'claims') => string;
  finish: (token: string) => string;
  how: { -readonly [Key in keyof JwtSvidValidation]?: JwtSvidValidation[Key] };
}

export const base64url = (value: string | Buffer) => Buffer.from(value).toString('base64url');
const ecdsa = (hash: string) => (bytes: Buffer, key: KeyObject) =>
  sign(hash, bytes, { key, dsaEncoding: 'ieee-p1363' });

export function judge(change: (parts: Parts) => unknown) {
  const parts: Parts = {
    header: { alg: 'ES256', kid: 'ES256', typ: 'JWT' },
    claims: { sub: ID, aud: ['payments'], iat: SECONDS, exp: SECONDS + 300 },
    key: keyOf('ES256').privateKey,
    sign: ecdsa('sha256'),
    encode: (value) => base64url(JSON.stringify(value)),
    finish: (token) => token,
    how: {},
  };
  change(parts);
  const [header, claims] = [
    parts.encode(parts.header, 'header'),
    parts.encode(parts.claims, 'claims'),
  ];
  const signature = parts.sign(Buffer.from(`${header}.${claims}`), parts.key);
  const token = parts.finish(`${header}.${claims}.${base64url(signature)}`);
  return validateJwtSvid(token, { ...how, ...parts.how });
}

export type Row = readonly [
  broken: string,
  code: string,
  words: string,
  change: (parts: Parts) => unknown,
];
export const header = (name: string, value: unknown) => (p: Parts) => (p.header[name] = value);
export const claim = (name: string, value: unknown) => (p: Parts) => (p.claims[name] = value);
/** Other text in place of one part. */
export const raw = (part: 'header' | 'claims', text: string | Buffer) => (p: Parts) => {
  const { encode } = p;
  p.encode = (value, of) => (of === part ? base64url(text) : encode(value, of));
};
export const signedBy = (keyId: string) => (p: Parts) => {
  p.header.kid = keyId;
  p.key = keyOf(keyId).privateKey;
};
