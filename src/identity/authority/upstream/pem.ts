import { open } from 'node:fs/promises';
import { Fault, messageOf, quote } from '../../../base/fault.ts';

const MAX_PEM_BYTES = 262_144;
const MAX_CERTIFICATES = 10;

/** Reads a text file of at most 256 KiB.
 *  @throws {Fault} `identity/upstream-file-not-found`, `identity/upstream-file-too-large` */
export async function readSmallFile(file: string): Promise<string> {
  let text: Buffer;
  try {
    const handle = await open(file);
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(MAX_PEM_BYTES + 1));
      text = buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    const why = `${quote(file, 200)} cannot be read: ${messageOf(thrown)}`;
    throw new Fault('identity/upstream-file-not-found', why);
  }
  if (text.length <= MAX_PEM_BYTES) return text.toString('utf8');
  throw new Fault(
    'identity/upstream-file-too-large',
    `${quote(file, 200)} has more than the ${MAX_PEM_BYTES} bytes that are allowed`,
  );
}

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/** The certificates of a PEM text, in DER; what else stands there is left out. `where` says what it is.
 *  @throws {Fault} `identity/upstream-malformed`
 *  @see RFC 7468 §5 */
export function certificatesOf(pem: string, where: string): [Buffer, ...Buffer[]] {
  const found: Buffer[] = [];
  for (let at = pem.indexOf(BEGIN); at !== -1; at = pem.indexOf(BEGIN, at + 1)) {
    const end = pem.indexOf(END, at);
    const body = end === -1 ? '' : pem.slice(at + BEGIN.length, end).replace(/\s+/g, '');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(body))
      throw malformed(`${where} has a certificate that is none`);
    found.push(Buffer.from(body, 'base64'));
    if (found.length > MAX_CERTIFICATES) {
      throw malformed(`${where} has more than ${MAX_CERTIFICATES} certificates`);
    }
  }
  const [first, ...others] = found;
  if (first === undefined) throw malformed(`${where} has no certificate`);
  return [first, ...others];
}

const malformed = (why: string) =>
  new Fault('identity/upstream-malformed', why, { hint: 'write certificates in PEM' });
