import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Cluster } from '../index.ts';
import { readClusterKeys } from '../index.ts';

/** A cluster for tests, with keys of its own. */
export const ISSUER = 'https://kubernetes.default.svc.cluster.local';
export const AUDIENCE = 'reeve';

const pairs = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

export const JWKS = {
  keys: [
    { ...pairs.rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa', use: 'sig', alg: 'RS256' },
    { ...pairs.ec.publicKey.export({ format: 'jwk' }), kid: 'ec', use: 'sig', alg: 'ES256' },
  ],
};

export const CLUSTER: Cluster = {
  name: null,
  issuer: ISSUER,
  audience: AUDIENCE,
  by: readClusterKeys(JWKS),
};

/** What a token of a pod says, as clusters from 1.30 on write it. Times are in seconds. */
export function claimsAt(now: number) {
  const seconds = Math.floor(now / 1_000);
  return {
    iss: ISSUER,
    aud: [AUDIENCE],
    sub: 'system:serviceaccount:shop:orders',
    jti: '3f1a6a52-8a8f-4b8e-9d0e-5a0d0c1f7c11',
    iat: seconds,
    nbf: seconds,
    exp: seconds + 3_607,
    'kubernetes.io': {
      namespace: 'shop',
      node: { name: 'node-1', uid: 'b8a0f1ce-5d0f-4a2c-8a05-d43b2b0d3a39' },
      pod: { name: 'orders-7d4b9c6f5d-x2x9z', uid: '2c48913c-b29f-11e7-9350-020968147796' },
      serviceaccount: { name: 'orders', uid: 'a7a1ab0c-4ec4-4c1e-b8ac-0d9e2b3f5d12' },
    },
  };
}

/** The bytes of one part of a token. */
export function part(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return Buffer.from(text).toString('base64url');
}

/** A token that one of the cluster's keys has signed. */
export function tokenOf(
  claims: unknown,
  header: Record<string, unknown> = {},
  key: KeyObject = pairs[header.kid === 'ec' ? 'ec' : 'rsa'].privateKey,
): string {
  const alg = header.kid === 'ec' ? 'ES256' : 'RS256';
  const signed = `${part({ alg, kid: 'rsa', ...header })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}
