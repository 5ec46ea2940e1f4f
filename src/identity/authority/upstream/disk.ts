import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Fault, quote } from '../../../base/fault.ts';
import {
  authorityOf,
  type FillRandom,
  issueAuthority,
  readCertificate,
  serialNumbers,
  uniqueSubject,
} from '../../x509/index.ts';
import type { DiskConfig } from '../config.ts';
import { splitAnchors } from './anchors.ts';
import { type Certified, type Certify, judgeRest } from './certify.ts';
import { certificatesOf, readSmallFile } from './pem.ts';

/** Certificates that an authority on disk signs. Its files are read anew each time, so that they may be
 *  replaced.
 *  @throws {Fault} from what it returns: `identity/upstream-file-not-found`,
 *  `identity/upstream-malformed`, `identity/upstream-expiring`, `identity/authority-invalid/…` */
export function signedOnDisk(config: DiskConfig, fillRandom: FillRandom): Certify {
  const nextSerial = serialNumbers(fillRandom);
  return async (wanted): Promise<Certified> => {
    const [own, ...above] = await readCertificates(config.certificateFile);
    const roots = config.rootsFile === undefined ? [] : await readCertificates(config.rootsFile);
    const upstream = authorityOf(
      readCertificate(own, 'the certificate of the upstream'),
      readPrivateKey(await readSmallFile(config.keyFile), config.keyFile),
    );
    const { between, anchors } = splitAnchors([own, ...above, ...roots]);
    const ends = [own, ...above].map((der) => readCertificate(der).notAfter);
    const notAfter = Math.min(wanted.notAfter, ...ends);
    judgeRest(wanted, notAfter);
    const serialNumber = nextSerial();
    const { id, publicKey } = wanted;
    const { der } = issueAuthority(
      {
        id,
        publicKey,
        subject: uniqueSubject(id.trustDomain, serialNumber),
        serialNumber,
        notBefore: Math.max(wanted.notBefore, upstream.certificate.notBefore),
        notAfter,
        pathLength: 0,
      },
      upstream,
    );
    return { certificate: der, chain: [der, ...between], anchors };
  };
}

async function readCertificates(file: string): Promise<[Buffer, ...Buffer[]]> {
  return certificatesOf(await readSmallFile(file), quote(file, 200));
}

/** Never quotes what it is given. */
function readPrivateKey(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Fault(
      'identity/upstream-malformed',
      `${quote(file, 200)} does not hold a private key in PEM that is not encrypted`,
      { hint: 'write it as PKCS #8: `openssl pkcs8 -topk8 -nocrypt`' },
    );
  }
}
