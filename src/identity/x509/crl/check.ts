import { toTimestamp } from '../../../base/clock.ts';
import { Fault, quote } from '../../../base/fault.ts';
import type { Certificate } from '../certificate.ts';
import { nameToText } from '../name.ts';
import { DEFAULT_CLOCK_SKEW_SECONDS } from '../validation/index.ts';
import type { Crl } from './read.ts';

/** How lists are believed. */
export interface CrlCheck {
  readonly crls: Iterable<Crl>;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly clockSkewSeconds?: number;
  /** Whether a certificate whose issuer has no list is refused. */
  readonly isListRequired?: boolean;
}

const keyOf = ({ subject, publicKey }: Certificate): string =>
  `${subject.toString('base64')} ${publicKey.spki.toString('base64')}`;

/** Makes the `revocationOf` of a validation from lists. A list whose next update is past answers
 *  nothing: what it covers cannot be known, and is refused.
 *  @throws {Fault} what it returns throws `identity/crl-invalid/stale` and `identity/crl-invalid/missing`
 *  @see RFC 5280 §6.3.3 */
export function revocationByCrls({
  crls,
  now,
  clockSkewSeconds = DEFAULT_CLOCK_SKEW_SECONDS,
  isListRequired = false,
}: CrlCheck): (certificate: Certificate, issuer: Certificate) => string | undefined {
  const newest = new Map<string, Crl>();
  for (const crl of crls) {
    const key = keyOf(crl.issuer);
    if ((newest.get(key)?.number ?? -1n) < crl.number) newest.set(key, crl);
  }
  return ({ serialNumber }, issuer) => {
    const crl = newest.get(keyOf(issuer));
    if (crl === undefined) {
      if (isListRequired) throw unknown('missing', issuer, 'is missing');
      return undefined;
    }
    if (now > crl.nextUpdate + clockSkewSeconds * 1_000) {
      throw unknown('stale', issuer, `should have been renewed at ${toTimestamp(crl.nextUpdate)}`);
    }
    const entry = crl.revoked.get(serialNumber);
    return entry && `${entry.reason ?? 'unspecified'}, at ${toTimestamp(entry.revokedAt)}`;
  };
}

function unknown(reason: string, { subject }: Certificate, why: string): Fault {
  const name = quote(nameToText(subject, 'the issuer'), 100);
  return new Fault(
    `identity/crl-invalid/${reason}`,
    `the list of certificates revoked by ${name} ${why}`,
    { hint: 'fetch the newest list from the authority' },
  );
}
