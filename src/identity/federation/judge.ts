import { hash } from 'node:crypto';
import { Fault, quote } from '../../base/fault.ts';
import type { TrustBundle } from '../spiffe/index.ts';
import { readCertificate } from '../x509/index.ts';

/** Why a bundle is refused: `identity/bundle-invalid/REASON`. */
export const refuseBundle = (reason: string, why: string, hint?: string): Fault =>
  new Fault(`identity/bundle-invalid/${reason}`, why, hint === undefined ? {} : { hint });

/** A document does not say whose it is, but its authorities may: none may be of another trust domain.
 *  @throws {Fault} `identity/bundle-invalid/other-trust-domain`
 *  @see X509-SVID §3.2, SPIFFE Federation §7.3 */
export function judgeTrustDomain({ trustDomain, x509Authorities }: TrustBundle): void {
  const own = `spiffe://${trustDomain}`;
  x509Authorities.forEach((der, index) => {
    const other = urisOf(der).find((uri) => uri !== own && !uri.startsWith(`${own}/`));
    if (other === undefined) return;
    throw refuseBundle(
      'other-trust-domain',
      `authority ${index + 1} of the bundle for ${quote(trustDomain)} is of ${quote(other, 200)}`,
      'look whether the URL and the trust domain belong together',
    );
  });
}

/** Only those of SPIFFE. What cannot be read verifies nothing, and is no reason to refuse the others. */
function urisOf(der: Buffer): readonly string[] {
  try {
    const { names } = readCertificate(der, 'an authority').extensions;
    return (names?.uris ?? []).filter((uri) => /^spiffe:\/\//i.test(uri));
  } catch (thrown) {
    if (thrown instanceof Fault) return [];
    throw thrown;
  }
}

/** A replica that lags behind, or a cache, must not bring back what has been taken out of a bundle. Where
 *  one of both has no sequence number, the one that was fetched last counts.
 *  @throws {Fault} `identity/bundle-invalid/older`
 *  @see SPIFFE Federation §4.2 */
export function judgeSequence(known: TrustBundle | undefined, fetched: TrustBundle): void {
  if (known?.sequence === undefined || fetched.sequence === undefined) return;
  if (fetched.sequence >= known.sequence) return;
  throw refuseBundle(
    'older',
    `the bundle of ${quote(fetched.trustDomain)} went back from sequence number ${known.sequence} to ${fetched.sequence}`,
    'if the other side was restored from a backup, set `allowOlder` for a while',
  );
}

/** What a bundle trusts, in an order that does not depend on that of the document. */
export interface Contents {
  /** SHA-256 of each authority's certificate. */
  readonly authorities: readonly string[];
  /** Key ids with the SHA-256 of their keys. */
  readonly keys: readonly string[];
}

export function contentsOf({ x509Authorities, jwtAuthorities }: TrustBundle): Contents {
  const keys = jwtAuthorities.map(
    ({ keyId, publicKey }) =>
      `${keyId} ${hash('sha256', publicKey.export({ format: 'der', type: 'spki' }))}`,
  );
  return {
    authorities: [...new Set(x509Authorities.map((der) => hash('sha256', der)))].sort(),
    keys: keys.sort(),
  };
}

/** Whether two bundles say the same, though they may be written differently. */
export function isSameBundle(a: TrustBundle, b: TrustBundle): boolean {
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  return (
    a.sequence === b.sequence &&
    a.refreshHintSeconds === b.refreshHintSeconds &&
    same(contentsOf(a), contentsOf(b))
  );
}

/** What comes and what goes with a new bundle: SHA-256 of certificates, and ids of keys. */
export function differenceOf(before: TrustBundle | undefined, after: TrustBundle) {
  const all = ({ authorities, keys }: Contents) => [...authorities, ...keys];
  const [old, now] = [before ? all(contentsOf(before)) : [], all(contentsOf(after))];
  return {
    added: now.filter((one) => !old.includes(one)),
    removed: old.filter((one) => !now.includes(one)),
  };
}
