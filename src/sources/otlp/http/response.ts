import type { ServerResponse } from 'node:http';
import { Fault, messageOf, statusOf } from '../../../base/fault.ts';
import { integerField, messageField, textField } from '../../../base/protobuf/index.ts';
import type { Encoding } from '../decoder.ts';
import type { Taken } from '../taken.ts';

const CONTENT_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;
const RETRY_AFTER_SECONDS: Readonly<Record<number, number>> = { 429: 1, 503: 5 };
const ALL_TAKEN = { protobuf: Buffer.alloc(0), json: Buffer.from('{}') } as const;

/** Full success, or partial success with what was left out and why.
 *  @see OTLP 1.10, Full Success and Partial Success */
export function sendTaken(
  response: ServerResponse,
  encoding: Encoding,
  { rejectedSpans, reasons }: Pick<Taken, 'rejectedSpans' | 'reasons'>,
): void {
  if (rejectedSpans === 0) {
    send(response, 200, encoding, ALL_TAKEN[encoding]);
    return;
  }
  const errorMessage = reasons.join('; ');
  const json = { partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage } };
  const bytes =
    encoding === 'json'
      ? Buffer.from(JSON.stringify(json))
      : messageField(1, integerField(1, rejectedSpans), textField(2, errorMessage));
  send(response, 200, encoding, bytes);
}

/** A google.rpc.Status. What could not be stored may be sent again; what is wrong may not.
 *  @see OTLP 1.10, Failures and Retryable Response Codes */
export function sendFault(response: ServerResponse, encoding: Encoding, thrown: unknown): void {
  const fault = thrown instanceof Fault ? thrown : undefined;
  const { http, grpc } = fault ? statusOf(fault.code) : { http: 503, grpc: 14 };
  const message = fault ? messageOf(fault) : 'The spans could not be stored';
  const retryAfter = RETRY_AFTER_SECONDS[http];
  if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
  const bytes =
    encoding === 'json'
      ? Buffer.from(JSON.stringify({ code: grpc, message }))
      : Buffer.concat([integerField(1, grpc), textField(2, message)]);
  send(response, http, encoding, bytes);
}

function send(response: ServerResponse, status: number, encoding: Encoding, bytes: Buffer): void {
  response.writeHead(status, {
    'content-type': CONTENT_TYPES[encoding],
    'content-length': bytes.length,
    'x-content-type-options': 'nosniff',
  });
  response.end(bytes);
}
