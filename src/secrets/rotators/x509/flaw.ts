import { X509Certificate } from 'node:crypto';
import { type Certified, namesOf } from './certified.ts';
import type { X509Rotation } from './config.ts';

/** What a certificate is judged by. */
export interface Wanted {
  readonly config: Pick<X509Rotation, 'spiffeId' | 'dnsNames'>;
  /** What verifiers trust, in DER. */
  readonly anchors: readonly Buffer[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Why consumers could not use a certificate with what they trust; undefined: they can.
 *  @see RFC 5280 §6.1 */
export function flawOf({ key, chain }: Certified, wanted: Wanted): string | undefined {
  const [leaf] = chain;
  if (!leaf.checkPrivateKey(key)) return 'its key is another';
  return flawOfNames(leaf, wanted) ?? flawOfChain(chain, wanted);
}

function flawOfNames(leaf: X509Certificate, { config }: Wanted): string | undefined {
  const { spiffeId, dnsNames = [] } = config;
  const names = new Set(namesOf(leaf));
  const wanted = [`URI:${spiffeId}`, ...dnsNames.map((name) => `DNS:${name}`)];
  return wanted.every((name) => names.has(name)) ? undefined : 'it is for other names';
}

function flawOfChain(
  chain: readonly X509Certificate[],
  { anchors, now }: Wanted,
): string | undefined {
  for (const [at, one] of chain.entries()) {
    if (now < one.validFromDate.getTime()) return 'it is not valid yet';
    if (now > one.validToDate.getTime()) return 'it has expired';
    const above = chain[at + 1];
    if (above && !isIssuedBy(one, above)) return 'its chain does not hang together';
  }
  const top = chain.at(-1);
  const trusted = anchors.map((der) => new X509Certificate(der));
  const isTrusted = trusted.some(
    (anchor) => top && (isSame(top, anchor) || isIssuedBy(top, anchor)) && isInTime(anchor, now),
  );
  return isTrusted ? undefined : 'nobody trusts who signed it';
}

const isIssuedBy = (one: X509Certificate, above: X509Certificate): boolean =>
  above.ca && one.checkIssued(above) && one.verify(above.publicKey);
const isSame = (one: X509Certificate, other: X509Certificate): boolean => one.raw.equals(other.raw);
const isInTime = (one: X509Certificate, now: number): boolean =>
  one.validFromDate.getTime() <= now && now <= one.validToDate.getTime();
