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
  const known = LETTING_THROUGH.of(verdict);
  if (reserved.length === 0) return known;
  const removed = reserved.map((name) => textField(5, name));
  return Buffer.concat([known, messageField(3, ...removed)]);
}

/** A CheckResponse that denies a request: 403, with the reason in a header and in the body. To callers of gRPC the body
 *  becomes the message of the status PERMISSION_DENIED, so it is but the sentence.
 *  @param message a sentence for people */
export function denying(verdict: Verdict, message: string, isGrpc: boolean): Buffer {
  const denials = (isGrpc ? DENYING_GRPC : DENYING).of(verdict);
  const known = denials.get(message);
  if (known) return known;
  const made = makeDenial(verdict, message, isGrpc);
  if (denials.size >= MAX_DENIALS) denials.clear();
  denials.set(message, made);
  return made;
}

/** What is denied once is most often denied again; each has a few hundred bytes. */
const MAX_DENIALS = 1_000;

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
  return Buffer.concat([STATUS_DENIED, denied, METADATA.of(verdict)]);
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

/** What is made of a verdict once: of verdicts there is a closed table. */
class PerVerdict<Made> {
  readonly #make: (verdict: Verdict) => Made;
  readonly #made = new Map<CheckReason, Map<EnforcementMode, Made>[]>();

  constructor(make: (verdict: Verdict) => Made) {
    this.#make = make;
  }

  of(verdict: Verdict): Made {
    const byMode = this.#byMode(verdict);
    const known = byMode.get(verdict.mode);
    if (known !== undefined) return known;
    const made = this.#make(verdict);
    byMode.set(verdict.mode, made);
    return made;
  }

  #byMode({ isAllowed, reason }: Verdict): Map<EnforcementMode, Made> {
    let made = this.#made.get(reason);
    if (made === undefined) {
      made = [new Map(), new Map()];
      this.#made.set(reason, made);
    }
    return made[isAllowed ? 1 : 0] as Map<EnforcementMode, Made>; // there are both
  }
}

const METADATA = new PerVerdict(metadataOf);
const LETTING_THROUGH = new PerVerdict((verdict) =>
  Buffer.concat([STATUS_OK, METADATA.of(verdict)]),
);
/** By the sentence. */
const DENYING = new PerVerdict(() => new Map<string, Buffer>());
const DENYING_GRPC = new PerVerdict(() => new Map<string, Buffer>());

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
