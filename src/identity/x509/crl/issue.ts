import { Fault, quote } from '../../../base/fault.ts';
import { type Authority, keyIdOfAuthority } from '../authority.ts';
import { element, integer, integerOfBytes, sequence, TAG, time } from '../der/index.ts';
import { authorityKeyId, EXTENSION, extension, extensions } from '../extensions/index.ts';
import { signed } from '../signer.ts';
import { REVOCATION_REASONS, type RevokedCertificate } from './reasons.ts';

export interface CrlRequest {
  /** Grows with each list of the authority. */
  readonly number: bigint;
  /** Milliseconds since 1970. */
  readonly thisUpdate: number;
  /** When the next list comes, at the latest: this one is then no longer believed. */
  readonly nextUpdate: number;
  readonly revoked: readonly RevokedCertificate[];
}

const VERSION_2 = integer(1);

/** Issues a list of the certificates that an authority has revoked, as DER.
 *  @throws {Fault} `identity/crl-request-invalid` for a time or serial number that is none
 *  @see RFC 5280 §5 */
export function issueCrl({ certificate, signer }: Authority, request: CrlRequest): Buffer {
  const { number, thisUpdate, nextUpdate, revoked } = request;
  if (nextUpdate <= thisUpdate) throw refusal('its next update is not after this one');
  const entries = revoked.length === 0 ? [] : [sequence(...revoked.map(entry))];
  const tbs = sequence(
    VERSION_2,
    signer.algorithm.der,
    certificate.subject,
    time(thisUpdate),
    time(nextUpdate),
    ...entries,
    extensions(
      0,
      authorityKeyId(keyIdOfAuthority(certificate)),
      extension(EXTENSION.crlNumber, false, integer(number)),
    ),
  );
  return signed(signer, tbs);
}

/** The reason `unspecified` is left out. @see RFC 5280 §5.3.1 */
function entry({ serialNumber, revokedAt, reason = 'unspecified' }: RevokedCertificate): Buffer {
  if (!/^([0-9a-f]{2}){1,20}$/.test(serialNumber)) {
    throw refusal(`${quote(serialNumber)} is not a serial number in lowercase hexadecimal`);
  }
  const serial = integerOfBytes(Buffer.from(serialNumber, 'hex'));
  const at = time(revokedAt);
  if (reason === 'unspecified') return sequence(serial, at);
  const code = element(TAG.enumerated, Buffer.of(REVOCATION_REASONS[reason]));
  return sequence(serial, at, sequence(extension(EXTENSION.reasonCode, false, code)));
}

const refusal = (why: string) =>
  new Fault(
    'identity/crl-request-invalid',
    `the list of revoked certificates cannot be issued: ${why}`,
  );
