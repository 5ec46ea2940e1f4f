/** Why a certificate was revoked, by the number that lists carry.
 *  @see RFC 5280 §5.3.1 */
export const REVOCATION_REASONS = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;

export type RevocationReason = keyof typeof REVOCATION_REASONS;

const BY_NUMBER = new Map<number, RevocationReason>(
  (Object.keys(REVOCATION_REASONS) as RevocationReason[]).map((reason) => [
    REVOCATION_REASONS[reason],
    reason,
  ]),
);

/** The reason with this number; undefined where there is none. */
export const reasonOf = (number: number): RevocationReason | undefined => BY_NUMBER.get(number);

/** One certificate that its authority no longer stands by. */
export interface RevokedCertificate {
  /** In lowercase hexadecimal, as certificates are read and issued here. */
  readonly serialNumber: string;
  /** Milliseconds since 1970. */
  readonly revokedAt: number;
  /** Unspecified if undefined. */
  readonly reason?: RevocationReason;
}
