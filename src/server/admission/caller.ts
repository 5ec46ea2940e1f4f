import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { AdmissionConfig } from '../../authorization/admission/index.ts';
import { Fault, messageOf, quote } from '../../base/fault.ts';

/** Who may ask: what API servers prove themselves with. */
export interface CallerCheck {
  /** PEM of the authorities of client certificates; undefined where none is asked for. */
  readonly authorities: string | undefined;
  /** Whether a request comes from somebody who may ask. */
  isKnown(request: IncomingMessage): boolean;
}

const MAX_FILE_BYTES = 256 * 1_024;
const MIN_TOKEN_LENGTH = 16;

/** Either proof is enough where both are configured; everybody is known where none is.
 *  @throws {Fault} `admission/file-not-found`, `admission/file-invalid` */
export function callerCheck({
  clientAuthorityFile,
  tokenFile,
}: Pick<AdmissionConfig, 'clientAuthorityFile' | 'tokenFile'>): CallerCheck {
  const authorities = clientAuthorityFile && readText(clientAuthorityFile);
  if (authorities !== undefined && !authorities.includes('-----BEGIN CERTIFICATE-----')) {
    throw invalid(clientAuthorityFile, 'it holds no certificate in PEM');
  }
  const token = tokenFile && readText(tokenFile).trim();
  if (token !== undefined && token.length < MIN_TOKEN_LENGTH) {
    throw invalid(tokenFile, `a token has at least ${MIN_TOKEN_LENGTH} characters`);
  }
  const wanted = token === undefined ? undefined : digestOf(`Bearer ${token}`);
  return {
    authorities,
    isKnown: (request) => {
      if (authorities === undefined && wanted === undefined) return true;
      if (authorities !== undefined && (request.socket as TLSSocket).authorized) return true;
      const shown = request.headers.authorization;
      return (
        wanted !== undefined && shown !== undefined && timingSafeEqual(wanted, digestOf(shown))
      );
    },
  };
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

function readText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (thrown) {
    const why = `${quote(file, 200)} cannot be read: ${messageOf(thrown)}`;
    throw new Fault('admission/file-not-found', why, {
      hint: 'see `admission.clientAuthorityFile` and `admission.tokenFile`',
    });
  }
  if (bytes.length > MAX_FILE_BYTES) {
    throw invalid(file, `it has more than ${MAX_FILE_BYTES} bytes`);
  }
  return bytes.toString('utf8');
}

function invalid(file: string | undefined, why: string): Fault {
  return new Fault('admission/file-invalid', `${quote(file, 200)} cannot be used: ${why}`);
}
