/** What a ReeveError carries beside its sentence. */
export interface ErrorDetails {
  /** What to do about it. */
  readonly hint?: string;
  /** Kept for logs; not for callers. */
  readonly cause?: unknown;
}

/** The one error class of this package: a stable code (`part/what-is-wrong`, with a third part where
 *  reasons are told apart), a sentence, and a hint that says what to do. It never holds a key or a
 *  token. */
export class ReeveError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ReeveError';
    this.code = code;
    this.hint = details.hint;
  }
}

/** Puts foreign text in backticks, control characters escaped, cut to `maxLength` characters. */
export function quote(text: unknown, maxLength = 60): string {
  const plain = String(text).replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to escape
    /[\u0000-\u001f\u007f-\u009f`]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return plain.length > maxLength ? `\`${plain.slice(0, maxLength)}…\`` : `\`${plain}\``;
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
