import { ReeveError } from '../error.ts';

/** Why a certificate is refused: `certificate/REASON`, and a sentence that begins with what it is
 *  (`the leaf`, `certificate 2 of the chain`). */
export function refuseCertificate(
  reason: string,
  whose: string,
  why: string,
  hint?: string,
): ReeveError {
  const details = hint === undefined ? {} : { hint };
  return new ReeveError(`certificate/${reason}`, `${whose} ${why}`, details);
}

/** A time as people read it. */
export const toTimestamp = (milliseconds: number): string => new Date(milliseconds).toISOString();
