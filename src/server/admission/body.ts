import type { Readable } from 'node:stream';
import { Fault } from '../../base/fault.ts';

/** Reads a body as JSON.
 *  @throws {Fault} `admission/body-too-large`, `admission/body-malformed` */
export async function readBody(body: Readable, maxBytes: number): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body.iterator({ destroyOnReturn: false })) {
    length += part.length;
    if (length > maxBytes) {
      const why = `The review has more than the ${maxBytes} bytes that are allowed`;
      throw new Fault('admission/body-too-large', why, { hint: 'raise `admission.maxBodyBytes`' });
    }
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // what the parser says quotes the body
    throw new Fault('admission/body-malformed', 'The review is not JSON');
  }
}
