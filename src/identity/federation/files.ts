import { open } from 'node:fs/promises';
import { Fault, messageOf, quote } from '../../base/fault.ts';

export const MAX_PEM_BYTES = 262_144;

/** Reads a file of at most `maxBytes`.
 *  @throws {Fault} `identity/federation-file-not-found`, `identity/federation-file-too-large` */
export async function readFileWithin(file: string, maxBytes: number): Promise<Buffer> {
  const bytes = await readStart(file, maxBytes + 1);
  if (bytes.length <= maxBytes) return bytes;
  throw new Fault(
    'identity/federation-file-too-large',
    `${quote(file, 200)} has more than the ${maxBytes} bytes that are allowed`,
  );
}

async function readStart(file: string, length: number): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      const parts: Buffer[] = [];
      for (let left = length; left > 0; ) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(left, 65_536)));
        if (bytesRead === 0) break;
        parts.push(buffer.subarray(0, bytesRead));
        left -= bytesRead;
      }
      return Buffer.concat(parts);
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    const why = `${quote(file, 200)} cannot be read: ${messageOf(thrown)}`;
    throw new Fault('identity/federation-file-not-found', why);
  }
}
