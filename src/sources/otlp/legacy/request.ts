import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Fault } from '../../../base/fault.ts';
import type { Encoding } from './response.ts';

const gunzipAsync = promisify(gunzip);

export interface BodyLimits {
  readonly maxRequestBytes: number;
  readonly maxInflatedBytes: number;
}

/** @throws {Fault} `otlp/unsupported-media-type` */
export function encodingOf(request: IncomingMessage): Encoding {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf') return 'protobuf';
  if (type === 'application/json') return 'json';
  throw new Fault(
    'otlp/unsupported-media-type',
    'OTLP comes as `application/x-protobuf` or `application/json`',
  );
}

/** The whole body, unpacked, never more of it in memory than the limits say.
 *  @throws {Fault} `otlp/body-too-large`, `otlp/gzip-malformed`, `otlp/unsupported-media-type` */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const packed = await readPacked(request, limits.maxRequestBytes);
  const coding = request.headers['content-encoding'] ?? 'identity';
  if (coding === 'identity' || coding === '') return packed;
  if (coding !== 'gzip') {
    throw new Fault('otlp/unsupported-media-type', 'The only `Content-Encoding` taken is gzip');
  }
  try {
    return await gunzipAsync(packed, { maxOutputLength: limits.maxInflatedBytes });
  } catch (thrown) {
    const isTooLarge = (thrown as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge
      ? tooLarge('otlp.maxInflatedBytes', limits.maxInflatedBytes)
      : new Fault('otlp/gzip-malformed', 'The request is not valid gzip');
  }
}

async function readPacked(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    throw tooLarge('otlp.maxRequestBytes', maxBytes);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge('otlp.maxRequestBytes', maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function tooLarge(setting: string, maxBytes: number): Fault {
  return new Fault('otlp/body-too-large', `The request has more than ${maxBytes} bytes`, {
    hint: `send smaller batches, or raise \`${setting}\``,
  });
}
