import { Fault } from '../../../base/fault.ts';

/** Why a certificate is refused: `identity/certificate-invalid/REASON`, and a sentence that begins
 *  with what it is (`the leaf`, `certificate 2 of the chain`). */
export function refuseCertificate(
  reason: string,
  whose: string,
  why: string,
  hint?: string,
): Fault {
  const details = hint === undefined ? {} : { hint };
  return new Fault(`identity/certificate-invalid/${reason}`, `${whose} ${why}`, details);
}
