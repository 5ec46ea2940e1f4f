import { bytesField, integerField, messageField, textField } from '../../../base/protobuf/index.ts';
import type { EnforcementMode } from '../../model/index.ts';
import type { CheckReason } from './reasons.ts';

/** What was found, for whoever reads the proxy's access log. */
export interface Verdict {
  readonly isAllowed: boolean;
  readonly mode: EnforcementMode;
  readonly reason: CheckReason;
}

/** The header that says why a request is denied: `CODE: sentence`. */
export const REASON_HEADER = 'reeve-reason';

const OK = 0;
const PERMISSION_DENIED = 7;
const FORBIDDEN = 403;
const OVERWRITE_IF_EXISTS_OR_ADD = 2;
const MAX_HEADER_LENGTH = 1_024;

/** A CheckResponse that lets a request through.
 *  @param reserved names of its headers that are to be taken away */
export function lettingThrough(verdict: Verdict, reserved: readonly string[]): Buffer {
  const known = cached(LETTING_THROUGH, verdict, () =>
    Buffer.concat([STATUS_OK, metadataOf(verdict)]),
  );
  if (reserved.length === 0) return known;
  const removed = reserved.map((name) => textField(5, name));
  return Buffer.concat([known, messageField(3, ...removed)]);
}

/** A CheckResponse that denies a request: 403, with the reason in a header and in the body. To callers of gRPC the body
 *  becomes the message of the status PERMISSION_DENIED, so it is but the sentence.
 *  @param message a sentence for people */
export function denying(verdict: Verdict, message: string, isGrpc: boolean): Buffer {
  const { mode, reason } = verdict;
  const key = `${isGrpc} ${mode} ${reason} ${message}`;
  const known = DENYING.get(key);
  if (known) return known;
  const made = makeDenial(verdict, message, isGrpc);
  if (DENYING.size >= MAX_DENYING) DENYING.clear();
  DENYING.set(key, made);
  return made;
}

/** What is denied once is most often denied again; each has a few hundred bytes. */
const MAX_DENYING = 1_000;
const DENYING = new Map<string, Buffer>();

function makeDenial(verdict: Verdict, message: string, isGrpc: boolean): Buffer {
  const told = `${verdict.reason}: ${message}`;
  const type = isGrpc ? [] : [CONTENT_TYPE];
  const body = isGrpc ? told : problemOf(verdict.reason, message);
  const denied = messageField(
    2,
    STATUS_FORBIDDEN,
    ...type,
    headerField(REASON_HEADER, toHeaderValue(told)),
    textField(3, body),
  );
  const metadata = cached(METADATA, verdict, () => metadataOf(verdict));
  return Buffer.concat([STATUS_DENIED, denied, metadata]);
}

/** Text as the value of a header: printable ASCII, the rest of it as `?`, and not too long.
 *  @see RFC 9110 §5.5 */
export function toHeaderValue(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]+/g, '?');
  return plain.length > MAX_HEADER_LENGTH ? `${plain.slice(0, MAX_HEADER_LENGTH - 3)}...` : plain;
}

/** @see RFC 9457 */
function problemOf(code: string, detail: string): string {
  return JSON.stringify({ title: 'Forbidden', status: FORBIDDEN, code, detail });
}

/** A HeaderValueOption. */
function headerField(key: string, value: string): Buffer {
  const header = messageField(1, textField(1, key), textField(2, value));
  return messageField(2, header, integerField(3, OVERWRITE_IF_EXISTS_OR_ADD));
}

const STATUS_OK = messageField(1, integerField(1, OK));
const STATUS_DENIED = messageField(1, integerField(1, PERMISSION_DENIED));
const STATUS_FORBIDDEN = messageField(1, integerField(1, FORBIDDEN));
const CONTENT_TYPE = headerField('content-type', 'application/problem+json');

const LETTING_THROUGH = new Map<string, Buffer>();
const METADATA = new Map<string, Buffer>();

/** There are as many as there are verdicts, of which there is a closed table. */
function cached(made: Map<string, Buffer>, verdict: Verdict, make: () => Buffer): Buffer {
  const key = `${verdict.isAllowed} ${verdict.mode} ${verdict.reason}`;
  const known = made.get(key);
  if (known) return known;
  const one = make();
  made.set(key, one);
  return one;
}

/** The `dynamic_metadata`: `{ reeve: { decision, mode, reason } }`. */
function metadataOf({ isAllowed, mode, reason }: Verdict): Buffer {
  const decision = isAllowed ? 'allowed' : 'denied';
  const texts = Object.entries({ decision, mode, reason }).map(([key, text]) =>
    entryField(key, textField(3, text)),
  );
  return messageField(4, entryField('reeve', messageField(5, ...texts)));
}

/** An entry of a google.protobuf.Struct. */
function entryField(key: string, value: Buffer): Buffer {
  return messageField(1, textField(1, key), bytesField(2, value));
}
