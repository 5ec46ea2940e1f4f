import type { Asking } from '../../rotation/index.ts';

/** A certificate that is asked for. */
export interface CertificateRequest {
  /** The id of the secret: that of its service, to whom the identity has to belong, and its name. */
  readonly secret: string;
  readonly spiffeId: string;
  /** Undefined: all that are registered with the identity. */
  readonly dnsNames: readonly string[] | undefined;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Buffer;
  /** Undefined: what is registered with the identity, which none exceeds. */
  readonly ttlSeconds: number | undefined;
}

/** - `valid`: the authority stands by it
 *  - `revoked`: those who ask the authority refuse it
 *  - `untrusted`: none of the authorities that are trusted signed it */
export type Standing = 'valid' | 'revoked' | 'untrusted';

/** What a rotator asks of the signing authority of a trust domain. Certificates are in DER. Whether one has expired is not
 *  for it to say. */
export interface CertificatePort {
  /** Has a key certified, with an entry in the audit log.
   *  @returns the leaf first, up to what an anchor signed
   *  @throws {Fault} `identity/svid-forbidden/…` where the service may not have the identity, or a name;
   *  `identity/svid-request-invalid/…`, `identity/authority-unavailable`, `estate/unavailable` */
  issue(request: CertificateRequest, by: Asking): Promise<readonly Buffer[]>;
  /** What verifiers trust now. */
  anchors(): readonly Buffer[];
  /** Has a certificate refused by who reads the deny list or the CRL: when it resolves, both say so. One that is revoked
   *  already stays so.
   *  @throws {Fault} `estate/unavailable`, `identity/denials-too-many` */
  revoke(certificate: Buffer, why: 'superseded' | 'unspecified', by: Asking): Promise<void>;
  standingOf(certificate: Buffer): Standing;
}
