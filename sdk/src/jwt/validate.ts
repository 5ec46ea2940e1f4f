import { type KeyObject, verify } from 'node:crypto';
import { quote, ReeveError } from '../error.ts';
import { parseSpiffeId, type SpiffeId } from '../spiffe-id.ts';
import { ALGORITHMS, fits } from './algorithms.ts';
import type { JwtBundle } from './bundle.ts';
import { type JsonObject, refuseToken, splitToken } from './compact.ts';

/** A workload that a token speaks for. Whoever holds the token can send it. */
export interface ProvedJwt extends SpiffeId {
  readonly audience: readonly string[];
  readonly expiresAt: Date;
  readonly claims: JsonObject;
}

/** What a token is judged by. */
export interface JwtValidation {
  /** Only that of the subject's own trust domain is asked for. */
  readonly bundleOf: (trustDomain: string) => JwtBundle | undefined;
  /** Who the verifier is: the token must be for one of these. */
  readonly audience: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

const CLOCK_SKEW_MS = 60_000;
const HEADERS = ['alg', 'kid', 'typ'];
const TYPES = [undefined, 'JWT', 'JOSE'];
const MAX_KEY_ID_LENGTH = 256;
const MAX_AUDIENCES = 64;
const MAX_AUDIENCE_LENGTH = 2_048;
/** 1970 to the year 9999: beyond, seconds are most likely milliseconds. */
const MAX_SECONDS = 253_402_300_799;

/** Validates a JWT-SVID against the bundle of its subject's own trust domain.
 *  @throws {ReeveError} `jwt/…`
 *  @see JWT-SVID §2 to 5 */
export function validateJwt(token: string, how: JwtValidation): ProvedJwt {
  const { header, claims, signed, signature } = splitToken(token);
  const { algorithm, keyId } = judgeHeader(header);
  const id = readSubject(claims);
  const key = findKey(id, keyId, how.bundleOf);
  if (!fits(key, algorithm)) {
    const why = `is signed with ${algorithm.name}, for which its key is not made`;
    throw refuseToken('other-algorithm', why);
  }
  if (!verify(algorithm.hash, signed, { key, ...algorithm.options }, signature)) {
    throw refuseToken('signature', `is not signed with the key ${quote(keyId)} that it names`);
  }
  return { ...id, ...judgeClaims(claims, how) };
}

/** What a token says that somebody else has validated: its subject, audience and times are judged.
 *  @throws {ReeveError} `jwt/…` */
export function judgeClaims(
  claims: JsonObject,
  { audience: own, now }: Pick<JwtValidation, 'audience' | 'now'>,
): Omit<ProvedJwt, keyof SpiffeId> {
  const audience = readAudience(claims.aud);
  if (!audience.some((one) => own.includes(one))) {
    throw refuseToken(
      'other-audience',
      `is for ${quote(audience[0])}, and not for ${own.map((one) => quote(one)).join(' or ')}`,
      'ask for a token whose audience is the callee',
    );
  }
  return { audience, expiresAt: new Date(judgeTimes(claims, now)), claims };
}

function judgeHeader(header: JsonObject) {
  const { alg, kid, typ } = header;
  const algorithm = typeof alg === 'string' ? ALGORITHMS.get(alg) : undefined;
  if (algorithm === undefined) {
    const hint = `sign with one of ${[...ALGORITHMS.keys()].join(', ')}`;
    throw refuseToken('algorithm', `has the algorithm ${quote(alg)}, which is not allowed`, hint);
  }
  const other = Object.keys(header).find((name) => !HEADERS.includes(name));
  if (other !== undefined) {
    throw refuseToken('header', `has the header ${quote(other)}, which is not allowed`);
  }
  if (!TYPES.includes(typ as string | undefined)) {
    throw refuseToken('type', `has the type (typ) ${quote(typ)}, which is neither JWT nor JOSE`);
  }
  if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KEY_ID_LENGTH) {
    throw refuseToken('key-id', `has no key id (kid) of 1 to ${MAX_KEY_ID_LENGTH} characters`);
  }
  return { algorithm, keyId: kid };
}

/** The SPIFFE ID of a workload that a token names.
 *  @throws {ReeveError} `jwt/subject` */
export function readSubject({ sub }: JsonObject): SpiffeId {
  if (typeof sub !== 'string') throw refuseToken('no-subject', 'has no subject (sub)');
  let id: SpiffeId;
  try {
    id = parseSpiffeId(sub);
  } catch (thrown) {
    if (!(thrown instanceof ReeveError)) throw thrown;
    throw refuseToken('subject', `has a subject (sub) that names nobody: ${thrown.message}`);
  }
  if (id.path !== '') return id;
  throw refuseToken('no-path', `has the subject ${quote(sub)}, a trust domain and no workload`);
}

function findKey(
  { trustDomain }: SpiffeId,
  keyId: string,
  bundleOf: JwtValidation['bundleOf'],
): KeyObject {
  const bundle = bundleOf(trustDomain);
  if (bundle === undefined) {
    const why = `is of the trust domain ${quote(trustDomain)}, for which there is no trust bundle`;
    throw refuseToken('unknown-trust-domain', why, 'federate with that trust domain');
  }
  const key = bundle.get(keyId);
  if (key) return key;
  const why = `names the key ${quote(keyId)}, which the trust domain ${quote(trustDomain)} does not have`;
  throw refuseToken('unknown-key', why, 'compare the trust bundles');
}

/** @see RFC 7519 §4.1.3 */
function readAudience(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isText = (one: unknown): one is string =>
    typeof one === 'string' && one !== '' && one.length <= MAX_AUDIENCE_LENGTH;
  if (value === undefined || all.length === 0) {
    throw refuseToken('no-audience', 'has no audience (aud)');
  }
  if (all.length > MAX_AUDIENCES) {
    throw refuseToken('too-many-audiences', `has more than ${MAX_AUDIENCES} audiences`);
  }
  if (all.every(isText)) return all;
  const why = `has an audience (aud) that is no text of 1 to ${MAX_AUDIENCE_LENGTH} characters`;
  throw refuseToken('audience-malformed', why);
}

/** Gives when the token expires. @see RFC 7519 §4.1.4 to 4.1.6 */
function judgeTimes(claims: JsonObject, now: number): number {
  if (claims.exp === undefined) throw refuseToken('no-expiry', 'never expires (exp is missing)');
  const expiresAt = readTime('exp', claims.exp);
  const notBefore = readTime('nbf', claims.nbf ?? 0);
  const issuedAt = readTime('iat', claims.iat ?? 0);
  const hint = 'compare the clocks of both machines';
  const at = (time: number) => new Date(time).toISOString();
  if (now >= expiresAt + CLOCK_SKEW_MS) {
    throw refuseToken('expired', `expired at ${at(expiresAt)}`, 'ask for a new one');
  }
  if (now < notBefore - CLOCK_SKEW_MS) {
    throw refuseToken('not-yet-valid', `begins at ${at(notBefore)} (nbf)`, hint);
  }
  if (now < issuedAt - CLOCK_SKEW_MS) {
    throw refuseToken('issued-later', `was issued in the future, at ${at(issuedAt)} (iat)`, hint);
  }
  return expiresAt;
}

function readTime(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= MAX_SECONDS) return value * 1_000;
  const why = `has a time (${name}) that is no number of seconds since 1970`;
  throw refuseToken('time-malformed', why);
}
