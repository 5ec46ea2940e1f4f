import {
  isPlainCode,
  MAX_PATH_BYTES,
  MAX_PATH_SEGMENTS,
  type Refusal,
  toWirePath,
} from '../operations/index.ts';
import { PackedText } from './packed-text.ts';
import { markOf } from './rivals.ts';

const SLASH = 0x2f;
const DOT = 0x2e;
const QUESTION_MARK = 0x3f;
const ASCII = Array.from({ length: 128 }, (_, code) => code);
/** Of each ASCII character, 1 where it may stand within a segment: of a path as it was sent, and of a canonical one. */
const PLAIN = Uint8Array.from(ASCII, (code) => (isPlainCode(code) ? 1 : 0));
const CANONICAL = Uint8Array.from(ASCII, (code) => (code !== 0 && code !== SLASH ? 1 : 0));

/** A request's path, taken and cut into segments in one go over its characters. Its members are valid until the next
 *  path. */
export class RequestPath {
  count = 0;
  /** Whether each character stands for itself. */
  isPlain = true;
  /** Where the slash before each segment stands in `bytes`, and where the last segment ends. */
  readonly bounds = new Int32Array(MAX_PATH_SEGMENTS + 1);
  readonly #text = new PackedText(MAX_PATH_BYTES);

  /** Characters of the canonical path. */
  get bytes(): Uint8Array {
    return this.#text.bytes;
  }

  markAt(segment: number): number {
    const { bytes } = this.#text;
    const start = (this.bounds[segment] ?? 0) + 1;
    const end = this.bounds[segment + 1] ?? 0;
    return markOf(segment, end - start, bytes[start] ?? 0, bytes[end - 1] ?? 0);
  }

  /** Gives why a path cannot be taken, where that is so (see `toWirePath`). */
  take(raw: string): Refusal | undefined {
    this.isPlain = this.#cut(raw, PLAIN);
    if (this.isPlain) return undefined;
    const path = toWirePath(raw);
    if (typeof path !== 'string') return path;
    // Only that of no segments cannot be cut.
    if (!this.#cut(path, CANONICAL)) this.count = 0;
    return undefined;
  }

  /** False where a path is to be looked at with more care. */
  #cut(path: string, plain: Uint8Array): boolean {
    if (!this.#text.take(path)) return false;
    const { bytes } = this.#text;
    const { bounds } = this;
    if (bytes[0] !== SLASH) return false;
    let count = 0;
    let code = SLASH;
    let at = 0;
    while (code === SLASH) {
      if (count === MAX_PATH_SEGMENTS) return false;
      const start = at + 1;
      do code = bytes[++at] ?? 0;
      while (plain[code] === 1);
      if (at - start <= 2 && (at === start || bytes[start] === DOT)) return false;
      bounds[++count] = at;
    }
    this.count = count;
    return at === this.#text.length || code === QUESTION_MARK;
  }
}
