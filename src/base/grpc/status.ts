import { Fault, statusOf } from '../fault.ts';
import { integerField, messageField, textField } from '../protobuf/index.ts';

/** How a call ended, as its caller hears of it. */
export interface GrpcStatus {
  /** @see `CODES` */
  readonly code: number;
  readonly message: string;
  /** The caller should try again after this time. */
  readonly retrySeconds?: number;
}

export const OK: GrpcStatus = { code: 0, message: '' };

const MAX_MESSAGE_BYTES = 1_024;

/** Codes that HTTP has no word for, so that they are not in the table of `statusOf`. */
const OWN_CODES: Readonly<Record<string, number>> = {
  'grpc/cancelled': 1,
  'grpc/deadline-exceeded': 4,
};
/** After how long to try again what may succeed then, by the HTTP status of the fault. */
const RETRY_SECONDS: Readonly<Record<number, number>> = { 429: 1, 503: 5 };

/** The status that a thrown value means. A Fault is told in its words; of anything else only that it
 *  happened, because its message is not meant for callers. */
export function toStatus(thrown: unknown): GrpcStatus {
  if (!(thrown instanceof Fault)) return { code: 13, message: 'internal fault' };
  const message = thrown.hint === undefined ? thrown.message : `${thrown.message}: ${thrown.hint}`;
  const own = OWN_CODES[thrown.code];
  if (own !== undefined) return { code: own, message };
  const { http, grpc } = statusOf(thrown.code);
  const retrySeconds = RETRY_SECONDS[http];
  return { code: grpc, message, ...(retrySeconds !== undefined && { retrySeconds }) };
}

/** The trailers that end a call.
 *  @see gRPC over HTTP2, Responses; google.rpc.RetryInfo */
export function toTrailers({ code, message, retrySeconds }: GrpcStatus): Record<string, string> {
  const trailers: Record<string, string> = { 'grpc-status': String(code) };
  if (message !== '') trailers['grpc-message'] = percentEncode(message);
  if (retrySeconds !== undefined) {
    const details = statusDetails(code, message, retrySeconds);
    trailers['grpc-status-details-bin'] = details.toString('base64');
  }
  return trailers;
}

/** A google.rpc.Status with a google.rpc.RetryInfo. */
function statusDetails(code: number, message: string, retrySeconds: number): Buffer {
  const delay = messageField(1, integerField(1, retrySeconds));
  return Buffer.concat([
    integerField(1, code),
    textField(2, cut(message).toString()),
    messageField(
      3,
      textField(1, 'type.googleapis.com/google.rpc.RetryInfo'),
      messageField(2, delay),
    ),
  ]);
}

/** Bytes that a header cannot hold, and `%`, as `%XX`. */
function percentEncode(message: string): string {
  let encoded = '';
  for (const byte of cut(message)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/** The message in UTF-8, cut between characters. */
function cut(message: string): Buffer {
  const bytes = Buffer.from(message);
  let end = Math.min(bytes.length, MAX_MESSAGE_BYTES);
  // A continuation byte at the cut means that a character began before it.
  while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}
