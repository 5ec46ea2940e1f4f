import { toTimestamp } from '../../../base/clock.ts';
import { quote } from '../../../base/fault.ts';
import { type Fields, pick } from '../../../base/pick.ts';
import { forbidden } from '../attestation.ts';

/** A pod, and the account that it runs as, by the cluster's own word. */
export interface PodIdentity {
  readonly namespace: string;
  readonly account: string;
  readonly podName: string;
  readonly podUid: string;
  /** Not told by clusters before 1.30. */
  readonly node: string | undefined;
}

/** What a token is held against. */
export interface TokenRules {
  readonly audience: string;
  /** By how much clocks may differ. */
  readonly clockSkewSeconds: number;
  /** A cluster's keys cannot tell that a pod is gone, so a token must not hold for long. */
  readonly maxLifetimeSeconds: number;
}

/** @see Kubernetes, DNS-1123 subdomains */
const NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;
const UID = /^[A-Za-z0-9-]{1,128}$/;

/** Reads the claims of a token whose issuer is known and whose signature is verified.
 *  @param now milliseconds since 1970
 *  @throws {Fault} `identity/attestation-forbidden/token-…`
 *  @see RFC 7519 §4.1; Kubernetes, Managing Service Accounts: bound service account tokens */
export function readClaims(claims: Fields, rules: TokenRules, now: number): PodIdentity {
  checkAudience(claims.aud, rules.audience);
  checkTimes(claims, rules, now);
  const cluster = claims['kubernetes.io'];
  const namespace = nameAt(cluster, 'namespace');
  const account = nameAt(cluster, 'serviceaccount', 'name');
  const subject = `system:serviceaccount:${namespace}:${account}`;
  if (claims.sub !== subject) {
    throw forbidden(
      'token-malformed',
      `the token is for ${quote(claims.sub)}, and says ${subject}`,
    );
  }
  const node = pick(cluster, 'node') === undefined ? undefined : nameAt(cluster, 'node', 'name');
  return { namespace, account, ...podAt(cluster), node };
}

/** @throws {Fault} `identity/attestation-forbidden/token-audience` */
export function checkAudience(found: unknown, audience: string): void {
  const audiences = Array.isArray(found) ? found : [found];
  if (audiences.includes(audience)) return;
  const shown = audiences.slice(0, 3).map((each) => quote(each));
  throw forbidden('token-audience', `the token is for ${shown.join(', ') || 'nobody'}`, {
    hint: `project a token of the audience ${audience} into the pod`,
  });
}

function checkTimes(claims: Fields, rules: TokenRules, now: number): void {
  const skew = rules.clockSkewSeconds * 1_000;
  const expires = timeAt(claims, 'exp');
  const issued = timeAt(claims, 'iat');
  const begins = claims.nbf === undefined ? issued : timeAt(claims, 'nbf');
  if (now >= expires + skew) {
    throw forbidden('token-expired', `the token has expired at ${toTimestamp(expires)}`);
  }
  const first = Math.max(begins, issued);
  if (now < first - skew) {
    throw forbidden('token-early', `the token holds only from ${toTimestamp(first)}`);
  }
  if (expires - issued > rules.maxLifetimeSeconds * 1_000) {
    const seconds = (expires - issued) / 1_000;
    throw forbidden(
      'token-lifetime',
      `the token holds for ${seconds} s, longer than the ${rules.maxLifetimeSeconds} s that are taken`,
      { hint: 'project a token with a shorter expirationSeconds into the pod' },
    );
  }
}

/** A date of RFC 7519 §2, in milliseconds; before the year 10000. */
function timeAt(claims: Fields, name: string): number {
  const seconds = claims[name];
  if (typeof seconds === 'number' && seconds >= 0 && seconds < 253_402_300_800) {
    return seconds * 1_000;
  }
  throw forbidden('token-malformed', `the token has no ${name} that is a time`);
}

function podAt(cluster: unknown): Pick<PodIdentity, 'podName' | 'podUid'> {
  if (pick(cluster, 'pod') === undefined) throw notBound();
  return { podName: nameAt(cluster, 'pod', 'name'), podUid: uidOf(pick(cluster, 'pod', 'uid')) };
}

/** @throws {Fault} `identity/attestation-forbidden/token-malformed` */
export function uidOf(uid: unknown): string {
  if (typeof uid === 'string' && UID.test(uid)) return uid;
  throw forbidden('token-malformed', `${quote(uid)} is not the uid of a pod`);
}

/** The refusal of a token that would outlive its pod. */
export function notBound() {
  return forbidden('token-unbound', 'the token is not bound to a pod', {
    hint: 'use a projected service account token and no Secret',
  });
}

function nameAt(cluster: unknown, ...path: string[]): string {
  return nameOf(pick(cluster, ...path), path.join('.'));
}

/** @throws {Fault} `identity/attestation-forbidden/token-malformed` */
export function nameOf(name: unknown, what: string): string {
  if (typeof name === 'string' && NAME.test(name)) return name;
  throw forbidden('token-malformed', `the token's ${what} ${quote(name)} is no name of Kubernetes`);
}
