import type { SpanFields } from '../reading/index.ts';
import type { KeyWriter } from './key.ts';

const NUL = 0;

/** Writes the text of a role, cut, and the mark of its end. */
export function writeRole(
  fields: SpanFields,
  role: number,
  key: KeyWriter,
  maxBytes: number,
): void {
  if (fields.has(role)) {
    const start = fields.start(role);
    key.range(fields.bytes, start, Math.min(fields.end(role), start + maxBytes));
  }
  key.byte(NUL);
}
