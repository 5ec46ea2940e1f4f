import {
  isPlainCode,
  MAX_PATH_BYTES,
  MAX_PATH_SEGMENTS,
  type Refusal,
  toWirePath,
} from '../operations/index.ts';
import { EMPTY_HASH, hashStep } from './hash.ts';

const SLASH = 0x2f;
const DOT = 0x2e;
const QUESTION_MARK = 0x3f;

/** A request's path, taken and cut into segments in one go over its characters. Its members are valid until the next
 *  path. */
export class RequestPath {
  /** Canonical. */
  text = '/';
  count = 0;
  /** Of each segment: where it begins and ends in the text, and the hash of its characters. */
  readonly starts = new Int32Array(MAX_PATH_SEGMENTS + 1);
  readonly ends = new Int32Array(MAX_PATH_SEGMENTS + 1);
  readonly hashes = new Int32Array(MAX_PATH_SEGMENTS + 1);

  /** Gives why a path cannot be taken, where that is so (see `toWirePath`). */
  take(raw: string): Refusal | undefined {
    if (this.#cut(raw)) return undefined;
    const path = toWirePath(raw);
    if (typeof path !== 'string') return path;
    this.text = path;
    this.#cutCanonical(path);
    return undefined;
  }

  /** False where a path is to be looked at with more care. */
  #cut(raw: string): boolean {
    const length = raw.length;
    if (length < 2 || length > MAX_PATH_BYTES || raw.charCodeAt(0) !== SLASH) return false;
    let count = 0;
    let start = 1;
    let hash = EMPTY_HASH;
    let at = 1;
    for (; at < length; at++) {
      const code = raw.charCodeAt(at);
      if (isPlainCode(code)) {
        hash = hashStep(hash, code);
        continue;
      }
      if (code !== SLASH || at === start || count === MAX_PATH_SEGMENTS - 1) break;
      if (at - start <= 2 && raw.charCodeAt(start) === DOT) return false;
      this.starts[count] = start;
      this.ends[count] = at;
      this.hashes[count++] = hash;
      start = at + 1;
      hash = EMPTY_HASH;
    }
    if (at < length && raw.charCodeAt(at) !== QUESTION_MARK) return false;
    if (at === start || (at - start <= 2 && raw.charCodeAt(start) === DOT)) return false;
    this.starts[count] = start;
    this.ends[count] = at;
    this.hashes[count] = hash;
    this.count = count + 1;
    this.text = at === length ? raw : raw.slice(0, at);
    return true;
  }

  #cutCanonical(path: string): void {
    let count = 0;
    for (let start = 1; start < path.length; ) {
      const slash = path.indexOf('/', start);
      const end = slash === -1 ? path.length : slash;
      let hash = EMPTY_HASH;
      for (let at = start; at < end; at++) hash = hashStep(hash, path.charCodeAt(at));
      this.starts[count] = start;
      this.ends[count] = end;
      this.hashes[count++] = hash;
      start = end + 1;
    }
    this.count = count;
  }
}
