import { attributeNamed } from './attributes.ts';
import type { SpanFields } from './span-fields.ts';

const SCRATCH_BYTES = 256 * 1024;
/** Longer texts are cut; nothing that is taken is as long. */
const MAX_TEXT_LENGTH = 20_000;

/** Sets fields from texts, by bytes in a scratch buffer, so that a span that came as text is known by
 *  the same keys as one that came in protobuf. */
export class TextFields {
  readonly #scratch = Buffer.alloc(SCRATCH_BYTES);
  readonly #fields: SpanFields;
  #length = 0;

  constructor(fields: SpanFields) {
    this.#fields = fields;
  }

  start(): void {
    this.#fields.clear();
    this.#fields.bytes = this.#scratch;
    this.#length = 0;
  }

  /** Sets an attribute by its name; false where there is no more room. */
  setText(name: string, text: string): boolean {
    return this.set(attributeNamed(name), text);
  }

  setNumber(name: string, value: number): void {
    this.#fields.setNumber(attributeNamed(name), value);
  }

  /** Sets an attribute by its number. */
  set(attribute: number, text: string): boolean {
    const cut = text.length > MAX_TEXT_LENGTH ? text.slice(0, MAX_TEXT_LENGTH) : text;
    if (this.#length + cut.length * 3 > SCRATCH_BYTES) return false;
    const start = this.#length;
    this.#length += this.#scratch.write(cut, start, 'utf8');
    this.#fields.setText(attribute, start, this.#length);
    return true;
  }

  /** Where an identifier starts that was hexadecimal text of so many bytes; -1 for anything else, and
   *  for zeros. */
  idAt(hex: unknown, bytes: number): number {
    if (typeof hex !== 'string' || hex.length !== bytes * 2) return -1;
    const start = this.#length;
    if (start + bytes > SCRATCH_BYTES) return -1;
    if (this.#scratch.write(hex, start, 'hex') !== bytes) return -1;
    this.#length += bytes;
    return this.#scratch.subarray(start, this.#length).some((byte) => byte !== 0) ? start : -1;
  }
}
