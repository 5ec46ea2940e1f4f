import { toHex } from '../../estate/spans/index.ts';

const TRACE_ID = /^[0-9a-f]{32}$/;

/** The words that a trace id of 32 lower-case hexadecimal digits is in a row; undefined for any other text. */
export function readTraceId(text: string): Uint32Array | undefined {
  if (!TRACE_ID.test(text)) return undefined;
  const bytes = Buffer.from(text, 'hex');
  return Uint32Array.from({ length: 4 }, (_, word) => bytes.readUInt32LE(word * 4));
}

/** @see readTraceId */
export function traceIdOf(words: Uint32Array): string {
  return toHex(words, 0, 4) ?? '0'.repeat(32);
}
