import { Dictionary, type KeyWriter } from '../counting/index.ts';
import { ROLE, type Role, type SpanFields } from '../reading/index.ts';

const LIMITS = { maxKeys: 1 << 14, maxBytes: 1 << 20 };
/** Longer texts are none. */
const MAX_BYTES = 2_048;

/** Texts of attributes by the bytes that they come in, so that what is known becomes no string again. */
export class Texts {
  readonly #known = new Dictionary<string>(LIMITS);
  readonly #key: KeyWriter;

  constructor(key: KeyWriter) {
    this.#key = key;
  }

  /** The id of the text of a role.
   *  @param toText what it is, of the span; '' where it is none */
  idOf(fields: SpanFields, role: Role, toText: (fields: SpanFields) => string): number {
    const number = ROLE[role];
    const key = this.#key;
    const start = fields.start(number);
    key.start();
    key.byte(number);
    key.range(fields.bytes, start, Math.min(fields.end(number), start + MAX_BYTES + 1));
    const known = this.#known.find(key);
    return this.#known.idOf(known >= 0 ? known : this.#add(toText(fields)));
  }

  textOf(id: number): string {
    return this.#known.entryOf(id) ?? '';
  }

  #add(text: string): number {
    const number = this.#known.add(this.#key, text);
    if (number >= 0) return number;
    this.#known.renew();
    return this.#known.add(this.#key, text);
  }
}
