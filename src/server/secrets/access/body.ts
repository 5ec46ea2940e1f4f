import type { Readable } from 'node:stream';
import { Fault } from '../../../base/fault.ts';

/** The longest body that anybody has a use for. */
export const MAX_BODY_BYTES = 64 * 1_024;

/** Reads a body as JSON; an empty one is an empty object.
 *  @throws {Fault} `secrets/body-too-large`, `secrets/body-malformed` */
export async function readJson(body: Readable): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body.iterator({ destroyOnReturn: false })) {
    length += part.length;
    if (length > MAX_BODY_BYTES) {
      const why = `The body has more than the ${MAX_BODY_BYTES} bytes that are allowed`;
      throw new Fault('secrets/body-too-large', why);
    }
    parts.push(part);
  }
  if (length === 0) return {};
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
  } catch {
    // what the parser says quotes the body
    throw new Fault('secrets/body-malformed', 'The body is not JSON');
  }
}
