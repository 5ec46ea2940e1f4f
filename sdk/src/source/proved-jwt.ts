import {
  type JsonObject,
  type JwtSvidValidation,
  judgeClaims,
  readSubject,
  validateJwtSvid,
} from '../../../src/identity/jwt/verifier.ts';
import { type SpiffeId, toSpiffeId } from '../spiffe-id.ts';

/** A workload that a token speaks for. Whoever holds the token can send it. */
export interface ProvedJwt extends SpiffeId {
  readonly audience: readonly string[];
  readonly expiresAt: Date;
  readonly claims: JsonObject;
}

/** Proves whom a token speaks for, by the bundle of its subject's own trust domain.
 *  @throws {ReeveError} `identity/jwt-invalid/…` */
export function proveJwt(token: string, how: JwtSvidValidation): ProvedJwt {
  const { id, audience, expiresAt, claims } = validateJwtSvid(token, how);
  return { ...toSpiffeId(id), audience, expiresAt: new Date(expiresAt), claims };
}

/** What a token says that somebody else has verified: its subject, audience and times are judged.
 *  @throws {ReeveError} `identity/jwt-invalid/…` */
export function judgeVerified(
  claims: JsonObject,
  how: Pick<JwtSvidValidation, 'audience' | 'now'>,
): ProvedJwt {
  const { audience, expiresAt } = judgeClaims(claims, how);
  const id = toSpiffeId(readSubject(claims));
  return { ...id, audience, expiresAt: new Date(expiresAt), claims };
}
