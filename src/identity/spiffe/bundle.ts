import type { KeyObject } from 'node:crypto';
import { Fault, quote } from '../../base/fault.ts';

/** A key that signs JWT-SVIDs of a trust domain. */
export interface JwtAuthority {
  readonly keyId: string;
  readonly publicKey: KeyObject;
}

/** What verifies the SVIDs of one trust domain, and of no other. Empty lists mean: trust nothing.
 *  @see SPIFFE Trust Domain and Bundle §3 */
export interface TrustBundle {
  readonly trustDomain: string;
  /** Certificates in DER. */
  readonly x509Authorities: readonly Buffer[];
  readonly jwtAuthorities: readonly JwtAuthority[];
  /** Grows with each change; it may need 64 bits. */
  readonly sequence?: bigint;
  /** How often whoever consumes the bundle should look for a new one. */
  readonly refreshHintSeconds?: number;
}

/** Finds the bundle of a trust domain. */
export type BundleFinder = (trustDomain: string) => TrustBundle | undefined;

/** Bundles by trust domain. Two of one trust domain are a mistake: they are never merged.
 *  @throws {Fault} `identity/bundle-conflict` */
export function toBundleFinder(bundles: Iterable<TrustBundle>): BundleFinder {
  const byTrustDomain = new Map<string, TrustBundle>();
  for (const bundle of bundles) {
    if (byTrustDomain.has(bundle.trustDomain)) {
      throw new Fault(
        'identity/bundle-conflict',
        `there are two bundles of the trust domain ${quote(bundle.trustDomain)}`,
        { hint: 'keep the one with the higher sequence number' },
      );
    }
    byTrustDomain.set(bundle.trustDomain, bundle);
  }
  return (trustDomain) => byTrustDomain.get(trustDomain);
}
