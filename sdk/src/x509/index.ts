/** Who a peer is by its certificates: what is trusted, and what was proved by it. */
export {
  CLOCK_SKEW_MS,
  type ProvedPeer,
  type TrustMaterial,
  X509Trust,
} from './trust.ts';
