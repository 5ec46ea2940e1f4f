/** Longer words are read each time. */
const MAX_LENGTH = 200;
const SLOTS = 4_096;

/** What was made of words that stand in bytes, looked up without making a text of them. A few words
 *  come over and over; each slot keeps the last that fell into it. */
export class ByteWords<Value> {
  readonly #words: (Uint8Array | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #values: (Value | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #make: (text: string) => Value;

  constructor(make: (text: string) => Value) {
    this.#make = make;
  }

  at(bytes: Buffer, start: number, end: number): Value {
    const length = end - start;
    if (length > MAX_LENGTH) return this.#make(bytes.toString('utf8', start, end));
    let hash = length;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const word = this.#words[slot];
    if (word !== undefined && word.length === length && isAt(bytes, start, word)) {
      // The slot was filled together with the word.
      return this.#values[slot] as Value;
    }
    const value = this.#make(bytes.toString('utf8', start, end));
    // A copy: what a Buffer is cut into shares its memory.
    this.#words[slot] = new Uint8Array(bytes.subarray(start, end));
    this.#values[slot] = value;
    return value;
  }
}

function isAt(bytes: Uint8Array, start: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index++) {
    if (bytes[start + index] !== word[index]) return false;
  }
  return true;
}
