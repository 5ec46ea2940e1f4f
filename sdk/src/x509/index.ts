/** Everything that X.509-SVIDs must keep, and Node does not look at. */
export { type Certificate, readCertificate, splitCertificates } from './certificate.ts';
export { judgeLeaf } from './leaf.ts';
export { MAX_CHAIN } from './read-once.ts';
export {
  CLOCK_SKEW_MS,
  type ProvedPeer,
  type TrustMaterial,
  X509Trust,
} from './trust.ts';
