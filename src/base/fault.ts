/** What a Fault carries beside its sentence. `cause` is kept for logs and never shown to callers. */
export interface FaultDetails {
  readonly hint?: string;
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  readonly cause?: unknown;
}

/** The one error class: a stable code (`domain/what-is-wrong`, or `domain/what-is-wrong/why` where
 *  callers tell reasons apart), a sentence, and a hint that says what to do. Foreign text in the sentence goes through `quote`; a secret never enters it. */
export class Fault extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(code: string, message: string, details: FaultDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Fault';
    this.code = code;
    this.hint = details.hint;
    this.file = details.file;
    this.line = details.line;
    this.column = details.column;
  }
}

/** Puts foreign text in backticks, control characters escaped, cut to `maxLength` characters. */
export function quote(text: unknown, maxLength = 60): string {
  const plain = textOf(text).replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to escape
    /[\u0000-\u001f\u007f-\u009f`]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return plain.length > maxLength ? `\`${plain.slice(0, maxLength)}…\`` : `\`${plain}\``;
}

/** Anything as text. What comes of JSON may have members in the place of the methods that make text. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return JSON.stringify(value) ?? typeof value;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What a fault's code means to a caller. What is wrong (the part behind the first `/`, or the whole
 *  code) is looked up here; anything else is an internal fault.
 *  @see RFC 9110 §15, and the gRPC status codes */
const STATUS: Record<string, { http: number; grpc: number }> = {
  malformed: { http: 400, grpc: 3 },
  invalid: { http: 400, grpc: 3 },
  unauthenticated: { http: 401, grpc: 16 },
  forbidden: { http: 403, grpc: 7 },
  'not-found': { http: 404, grpc: 5 },
  conflict: { http: 409, grpc: 10 },
  'too-large': { http: 413, grpc: 8 },
  'unsupported-media-type': { http: 415, grpc: 3 },
  'too-many': { http: 429, grpc: 8 },
  unimplemented: { http: 501, grpc: 12 },
  unavailable: { http: 503, grpc: 14 },
};
const INTERNAL = { http: 500, grpc: 13 };

/** HTTP and gRPC status of a fault. `x/id-malformed` and `x/id-malformed/why` count as `malformed`. */
export function statusOf(code: string): { readonly http: number; readonly grpc: number } {
  const [first = '', what = first] = code.split('/');
  for (const [ending, status] of Object.entries(STATUS)) {
    if (what === ending || what.endsWith(`-${ending}`)) return status;
  }
  return INTERNAL;
}
