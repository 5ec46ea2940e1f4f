/** SPIFFE IDs, trust domains, and what verifies the SVIDs of a trust domain. */
export { type BundleReading, type IgnoredKey, parseBundle } from './bundle-document.ts';
export { toBundleFinder } from './bundle-finder.ts';
export * from './verifier.ts';
export { writeBundle, writeJwks } from './write-bundle.ts';
