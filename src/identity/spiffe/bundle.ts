import type { KeyObject } from 'node:crypto';

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
