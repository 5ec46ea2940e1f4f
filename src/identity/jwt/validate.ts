import { type KeyObject, verify } from 'node:crypto';
import { toTimestamp } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import { type BundleFinder, parseSpiffeId, type SpiffeId } from '../spiffe/verifier.ts';
import { ALGORITHMS, flawOfKey } from './algorithms.ts';
import { type JsonObject, splitToken } from './compact.ts';
import { DEFAULT_JWT_LIMITS, type JwtLimits } from './limits.ts';
import { refuseToken } from './refusal.ts';

/** What a token is judged by. */
export interface JwtSvidValidation {
  /** Trust bundles; only that of the subject's own trust domain is asked for. */
  readonly bundleOf: BundleFinder;
  /** Who the verifier is: the token must be for one of these. */
  readonly audience: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How far clocks may differ; a minute if undefined. */
  readonly clockSkewSeconds?: number;
  /** Workloads that are shut out at once; a token was issued at `iat`, in milliseconds since 1970. */
  readonly isDenied?: (id: SpiffeId, issuedAt: number) => boolean;
  readonly limits?: JwtLimits;
}

/** A workload that a token speaks for. Whoever holds the token can send it. */
export interface JwtSvid {
  readonly id: SpiffeId;
  readonly audience: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly keyId: string;
  readonly claims: JsonObject;
}

const DEFAULT_CLOCK_SKEW_SECONDS = 60;
const HEADERS = ['alg', 'kid', 'typ'];
const TYPES = [undefined, 'JWT', 'JOSE'];
/** 1970 to the year 9999: beyond, seconds are most likely milliseconds. */
const MAX_SECONDS = 253_402_300_799;

/** Validates a JWT-SVID against the bundle of its subject's own trust domain.
 *  @throws {Fault} `identity/jwt-invalid/…`
 *  @see JWT-SVID §2 to 5 */
export function validateJwtSvid(token: string, how: JwtSvidValidation): JwtSvid {
  const limits = how.limits ?? DEFAULT_JWT_LIMITS;
  const { header, claims, signed, signature } = splitToken(token, limits);
  const { algorithm, keyId } = judgeHeader(header, limits);
  const id = readSubject(claims);
  const key = findKey(id, keyId, how.bundleOf);
  const flaw = flawOfKey(key, algorithm);
  if (flaw !== undefined) {
    const why = `is signed with ${algorithm.name}, and the key ${quote(keyId)} ${flaw}`;
    throw refuseToken('other-algorithm', why);
  }
  if (!verify(algorithm.hash, signed, { key, ...algorithm.options }, signature)) {
    throw refuseToken('signature', `is not signed with the key ${quote(keyId)} that it names`);
  }
  const { audience, expiresAt, issuedAt } = judgeClaims(claims, how);
  if (how.isDenied?.(id, issuedAt))
    throw refuseToken('denied', `is of ${quote(id.uri)}, which is shut out`);
  return { id, audience, expiresAt, keyId, claims };
}

/** What the claims say of audience and times, where somebody else has judged the signature and the
 *  subject. Times are in milliseconds since 1970.
 *  @throws {Fault} `identity/jwt-invalid/…` */
export function judgeClaims(
  claims: JsonObject,
  how: Pick<JwtSvidValidation, 'audience' | 'now' | 'clockSkewSeconds' | 'limits'>,
): Pick<JwtSvid, 'audience' | 'expiresAt'> & { readonly issuedAt: number } {
  const audience = readAudience(claims.aud, how.limits ?? DEFAULT_JWT_LIMITS);
  judgeAudience(audience, how.audience);
  return { audience, ...judgeTimes(claims, how) };
}

function judgeHeader(header: JsonObject, { maxKeyIdLength }: JwtLimits) {
  const { alg, kid, typ } = header;
  const algorithm = typeof alg === 'string' ? ALGORITHMS.get(alg) : undefined;
  if (algorithm === undefined) {
    const hint = `sign with one of ${[...ALGORITHMS.keys()].join(', ')}`;
    throw refuseToken('algorithm', `has the algorithm ${quote(alg)}, which is not allowed`, hint);
  }
  const other = Object.keys(header).find((name) => !HEADERS.includes(name));
  if (other !== undefined) {
    throw refuseToken(
      'header',
      `has the header ${quote(other)}, which is not allowed`,
      'leave it out',
    );
  }
  if (!TYPES.includes(typ as string | undefined)) {
    throw refuseToken('type', `has the type (typ) ${quote(typ)}, which is neither JWT nor JOSE`);
  }
  if (typeof kid !== 'string' || kid === '' || kid.length > maxKeyIdLength) {
    const why = `has no key id (kid) of 1 to ${maxKeyIdLength} characters`;
    throw refuseToken('key-id', why);
  }
  return { algorithm, keyId: kid };
}

/** The SPIFFE ID of the workload that a token names.
 *  @throws {Fault} `identity/jwt-invalid/no-subject`, `…/subject`, `…/no-path` */
export function readSubject({ sub: subject }: JsonObject): SpiffeId {
  if (typeof subject !== 'string') throw refuseToken('no-subject', 'has no subject (sub)');
  const id = toId(subject);
  if (id.path !== '') return id;
  throw refuseToken('no-path', `has the subject ${quote(subject)}, a trust domain and no workload`);
}

function toId(subject: string): SpiffeId {
  try {
    return parseSpiffeId(subject);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    throw refuseToken(
      'subject',
      `has a subject (sub) that names nobody: ${thrown.message}`,
      thrown.hint,
    );
  }
}

function findKey({ trustDomain }: SpiffeId, keyId: string, bundleOf: BundleFinder): KeyObject {
  const bundle = bundleOf(trustDomain);
  if (bundle === undefined || bundle.trustDomain !== trustDomain) {
    throw refuseToken(
      'unknown-trust-domain',
      `is of the trust domain ${quote(trustDomain)}, for which there is no trust bundle`,
      'federate with that trust domain',
    );
  }
  const authority = bundle.jwtAuthorities.find((one) => one.keyId === keyId);
  if (authority) return authority.publicKey;
  const why = `names the key ${quote(keyId)}, which the trust domain ${quote(trustDomain)} does not have`;
  throw refuseToken('unknown-key', why, 'compare the trust bundles');
}

/** @see RFC 7519 §4.1.3 */
function readAudience(value: unknown, limits: JwtLimits): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  const { maxAudiences, maxAudienceLength } = limits;
  const isText = (one: unknown): one is string =>
    typeof one === 'string' && one !== '' && one.length <= maxAudienceLength;
  if (value === undefined || all.length === 0)
    throw refuseToken('no-audience', 'has no audience (aud)');
  if (all.length > maxAudiences) {
    throw refuseToken(
      'too-many-audiences',
      `has ${all.length} audiences, more than ${maxAudiences}`,
    );
  }
  if (all.every(isText)) return all;
  const why = `has an audience (aud) that is no text of 1 to ${maxAudienceLength} characters`;
  throw refuseToken('audience-malformed', why);
}

function judgeAudience(audience: readonly string[], own: readonly string[]): void {
  if (audience.some((one) => own.includes(one))) return;
  const [first] = audience;
  const names = own.map((one) => quote(one)).join(' or ');
  throw refuseToken(
    'other-audience',
    `is for ${quote(first)}, and not for ${names || 'anybody: the verifier names no audience'}`,
    'ask for a token whose audience is the callee',
  );
}

/** Gives when the token expires.
 *  @see RFC 7519 §4.1.4 to 4.1.6 */
function judgeTimes(
  claims: JsonObject,
  { now, clockSkewSeconds }: Pick<JwtSvidValidation, 'now' | 'clockSkewSeconds'>,
) {
  const skew = (clockSkewSeconds ?? DEFAULT_CLOCK_SKEW_SECONDS) * 1_000;
  if (claims.exp === undefined) throw refuseToken('no-expiry', 'never expires (exp is missing)');
  const expiresAt = readTime('exp', claims.exp);
  const notBefore = readTime('nbf', claims.nbf ?? 0);
  const issuedAt = readTime('iat', claims.iat ?? 0);
  const hint = 'compare the clocks of both machines';
  if (now >= expiresAt + skew) {
    throw refuseToken('expired', `expired at ${toTimestamp(expiresAt)}`, 'ask for a new one');
  }
  if (now < notBefore - skew) {
    throw refuseToken('not-yet-valid', `begins at ${toTimestamp(notBefore)} (nbf)`, hint);
  }
  if (now < issuedAt - skew) {
    throw refuseToken(
      'issued-later',
      `was issued in the future, at ${toTimestamp(issuedAt)} (iat)`,
      hint,
    );
  }
  return { issuedAt, expiresAt };
}

function readTime(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= MAX_SECONDS) return value * 1_000;
  throw refuseToken(
    'time-malformed',
    `has a time (${name}) that is no number of seconds since 1970`,
  );
}
