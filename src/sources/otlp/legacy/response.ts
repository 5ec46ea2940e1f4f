import type { ServerResponse } from 'node:http';
import { Fault, messageOf, statusOf } from '../../../base/fault.ts';
import type { Taken } from '../taken.ts';

export type Encoding = 'protobuf' | 'json';

const CONTENT_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;
const RETRY_AFTER_SECONDS: Readonly<Record<number, number>> = { 429: 1, 503: 5 };

/** Full success, or partial success with what was left out and why.
 *  @see OTLP 1.10, Full Success and Partial Success */
export function sendTaken(
  response: ServerResponse,
  encoding: Encoding,
  taken: Pick<Taken, 'rejectedSpans' | 'reasons'>,
): void {
  const message = taken.reasons.join('; ');
  send(response, 200, encoding, {
    json:
      taken.rejectedSpans === 0
        ? {}
        : {
            partialSuccess: { rejectedSpans: String(taken.rejectedSpans), errorMessage: message },
          },
    protobuf:
      taken.rejectedSpans === 0
        ? Buffer.alloc(0)
        : bytesField(
            1,
            Buffer.concat([numberField(1, taken.rejectedSpans), textField(2, message)]),
          ),
  });
}

/** A google.rpc.Status. What could not be stored may be sent again; what is wrong may not.
 *  @see OTLP 1.10, Failures and Retryable Response Codes */
export function sendFault(response: ServerResponse, encoding: Encoding, thrown: unknown): void {
  const fault = thrown instanceof Fault ? thrown : undefined;
  const { http, grpc } = fault ? statusOf(fault.code) : { http: 503, grpc: 14 };
  const message = fault ? messageOf(fault) : 'The spans could not be stored';
  const retryAfter = RETRY_AFTER_SECONDS[http];
  if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
  send(response, http, encoding, {
    json: { code: grpc, message },
    protobuf: Buffer.concat([numberField(1, grpc), textField(2, message)]),
  });
}

function send(
  response: ServerResponse,
  status: number,
  encoding: Encoding,
  body: { json: unknown; protobuf: Buffer },
): void {
  const bytes = encoding === 'json' ? Buffer.from(JSON.stringify(body.json)) : body.protobuf;
  response.writeHead(status, {
    'content-type': CONTENT_TYPES[encoding],
    'content-length': bytes.length,
    'x-content-type-options': 'nosniff',
  });
  response.end(bytes);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}

function numberField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text));
}
