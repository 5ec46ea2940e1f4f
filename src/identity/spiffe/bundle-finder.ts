import { Fault, quote } from '../../base/fault.ts';
import type { BundleFinder, TrustBundle } from './bundle.ts';

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
