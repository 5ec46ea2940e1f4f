import type { SecureContextOptions } from 'node:tls';
import { Fault, messageOf, quote } from '../../../base/fault.ts';
import { toPem } from '../../x509/index.ts';
import { MAX_PEM_BYTES, readFileWithin } from '../files.ts';

/** What the endpoint proves itself with. */
export type ServerCredentials = Pick<SecureContextOptions, 'cert' | 'key'>;

/** An X.509-SVID of this trust domain. */
export interface ServerSvid {
  /** In DER, the leaf first. */
  readonly chain: readonly Buffer[];
  /** PKCS#8 in DER, not encrypted. */
  readonly privateKey: Buffer;
}

/** Where the endpoint's own X.509-SVID comes from, and is renewed. */
export interface SvidSource {
  /** Undefined while there is none. */
  readonly current: ServerSvid | undefined;
  /** @returns what ends it */
  onChange(listener: (svid: ServerSvid) => void): () => void;
}

export function credentialsOf({ chain, privateKey }: ServerSvid): ServerCredentials {
  return {
    cert: toPem('CERTIFICATE', ...chain),
    key: toPem('PRIVATE KEY', privateKey),
  };
}

export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A certificate and its key, where they belong together.
 *  @throws {Fault} `identity/federation-file-…`, `identity/bundle-endpoint-certificate` */
export async function readCredentials(files: CertificateFiles): Promise<ServerCredentials> {
  const [cert, key] = await Promise.all([
    readFileWithin(files.certificateFile, MAX_PEM_BYTES),
    readFileWithin(files.keyFile, MAX_PEM_BYTES),
  ]);
  try {
    process.getBuiltinModule('node:tls').createSecureContext({ cert, key });
  } catch (thrown) {
    // what OpenSSL says names errors, and nothing of the key
    throw new Fault(
      'identity/bundle-endpoint-certificate',
      `${quote(files.certificateFile, 200)} and ${quote(files.keyFile, 200)} cannot be used: ${quote(messageOf(thrown), 200)}`,
      { hint: 'write the certificate and its own private key in PEM, without a passphrase' },
    );
  }
  return { cert, key };
}
