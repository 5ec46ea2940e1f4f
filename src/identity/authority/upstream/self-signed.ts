import {
  type FillRandom,
  issueAuthority,
  serialNumbers,
  signerOf,
  uniqueSubject,
} from '../../x509/index.ts';
import type { Certify } from './certify.ts';

/** Certificates of authorities that are roots themselves: each is in the bundle, and is compromised
 *  or retired alone. */
export function selfSigned(fillRandom: FillRandom): Certify {
  const nextSerial = serialNumbers(fillRandom);
  return async ({ id, publicKey, privateKey, notBefore, notAfter }) => {
    const serialNumber = nextSerial();
    const subject = uniqueSubject(id.trustDomain, serialNumber);
    const { der } = issueAuthority(
      { id, publicKey, subject, serialNumber, notBefore, notAfter, pathLength: 0 },
      signerOf(privateKey),
    );
    return { certificate: der, chain: [], anchors: [der] };
  };
}
