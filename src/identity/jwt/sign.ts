import { type KeyObject, sign } from 'node:crypto';
import { Fault, quote } from '../../base/fault.ts';
import type { SpiffeId } from '../spiffe/index.ts';
import { ALGORITHMS, flawOfKey } from './algorithms.ts';
import { DEFAULT_JWT_LIMITS } from './limits.ts';

/** A key that signs JWT-SVIDs. */
export interface JwtSigningKey {
  /** By which the trust bundle names the key. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
  /** ES256 if undefined; one of RS, ES, PS with 256, 384 or 512. */
  readonly algorithm?: string;
}

export interface JwtSvidRequest {
  readonly id: SpiffeId;
  /** For whom the token is; one at best, because each may use it with the others. */
  readonly audience: readonly string[];
  readonly ttlSeconds: number;
  /** Where OpenID Connect finds the keys. */
  readonly issuer?: string;
}

export interface IssuedJwtSvid {
  readonly token: string;
  /** Milliseconds since 1970, whole seconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Makes what signs JWT-SVIDs with one key.
 *  @throws {Fault} `identity/key-invalid` for a key that the algorithm does not take; what it returns
 *  throws `identity/jwt-request-invalid/…`
 *  @see JWT-SVID §2, §3 */
export function createJwtIssuer({
  keyId,
  privateKey,
  algorithm: name = 'ES256',
}: JwtSigningKey): (request: JwtSvidRequest, now: number) => IssuedJwtSvid {
  const algorithm = ALGORITHMS.get(name);
  if (algorithm === undefined) {
    throw new Fault('identity/key-invalid', `${quote(name)} is no algorithm of JWT-SVIDs`, {
      hint: `use one of ${[...ALGORITHMS.keys()].join(', ')}`,
    });
  }
  const flaw = privateKey.type === 'private' ? flawOfKey(privateKey, algorithm) : 'is not private';
  if (flaw !== undefined) {
    throw new Fault(
      'identity/key-invalid',
      `the key ${quote(keyId)} cannot sign with ${name}: it ${flaw}`,
    );
  }
  const header = encode({ alg: name, kid: keyId, typ: 'JWT' });
  const key = { key: privateKey, ...algorithm.options };
  return (request, now) => {
    judge(request);
    const issuedAt = Math.floor(now / 1_000);
    const expiresAt = issuedAt + request.ttlSeconds;
    const claims = encode({
      sub: request.id.uri,
      aud: request.audience,
      iat: issuedAt,
      exp: expiresAt,
      ...(request.issuer !== undefined && { iss: request.issuer }),
    });
    const signature = sign(algorithm.hash, Buffer.from(`${header}.${claims}`), key);
    return {
      token: `${header}.${claims}.${signature.toString('base64url')}`,
      issuedAt: issuedAt * 1_000,
      expiresAt: expiresAt * 1_000,
    };
  };
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function judge({ id, audience, ttlSeconds }: JwtSvidRequest): void {
  const { maxAudiences, maxAudienceLength } = DEFAULT_JWT_LIMITS;
  if (id.path === '')
    throw refusal('path', `${quote(id.uri)} names a trust domain, not a workload`);
  if (audience.length === 0 || audience.length > maxAudiences) {
    throw refusal('audience', `${audience.length} audiences are not 1 to ${maxAudiences}`);
  }
  const odd = audience.find((one) => one === '' || one.length > maxAudienceLength);
  if (odd !== undefined) {
    const why = `the audience ${quote(odd)} does not have 1 to ${maxAudienceLength} characters`;
    throw refusal('audience', why);
  }
  if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1) {
    throw refusal('ttl', `a lifetime of ${ttlSeconds} seconds is none`);
  }
}

const refusal = (reason: string, why: string) =>
  new Fault(`identity/jwt-request-invalid/${reason}`, `no JWT-SVID can be issued: ${why}`);
