import {
  RANK_OF,
  ROLE,
  ROLE_COUNT,
  ROLE_OF,
  type Role,
  TYPE_NUMBER,
  TYPE_OF,
} from './attributes.ts';

export const SPAN_KIND = {
  unspecified: 0,
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
} as const;

const FLAGS: ReadonlyMap<string, number> = new Map([
  ['true', 1],
  ['false', 0],
]);

/** The wanted fields of one span, or of one resource, as places in the bytes that they came in. One
 *  object serves for all spans, so that a span costs no allocation. */
export class SpanFields {
  /** What the places below refer to. */
  bytes: Uint8Array = new Uint8Array(0);
  /** As in `SPAN_KIND`. */
  kind = 0;
  /** Where the 16, 8 and 8 bytes of the identifiers start; -1 where there is none of that length. */
  traceIdAt = -1;
  spanIdAt = -1;
  parentIdAt = -1;
  /** Milliseconds since 1970; 0 where the span does not say. */
  startMs = 0;
  /** Whether payloads may be looked at. */
  wantsPayloads = false;
  /** Attributes whose value was none of their type. */
  wrongTypes = 0;
  /** Bit n: role n is set. */
  #present = 0;
  readonly #starts = new Int32Array(ROLE_COUNT);
  readonly #ends = new Int32Array(ROLE_COUNT);
  readonly #numbers = new Float64Array(ROLE_COUNT);
  readonly #ranks = new Uint8Array(ROLE_COUNT);

  clear(): void {
    this.kind = 0;
    this.traceIdAt = -1;
    this.spanIdAt = -1;
    this.parentIdAt = -1;
    this.startMs = 0;
    this.wrongTypes = 0;
    this.#present = 0;
  }

  /** Sets the text of an attribute; an empty one says nothing. */
  setText(attribute: number, start: number, end: number): void {
    if (start >= end || !this.#claims(attribute)) return;
    const role = ROLE_OF[attribute] ?? 0;
    this.#starts[role] = start;
    this.#ends[role] = end;
  }

  setNumber(attribute: number, value: number): void {
    if (!this.#claims(attribute)) return;
    this.#numbers[ROLE_OF[attribute] ?? 0] = value;
  }

  /** Sets a number or a boolean that came as text. */
  setFromText(attribute: number, text: string): void {
    if (text === '') return;
    const isFlag = TYPE_OF[attribute] === TYPE_NUMBER.flag;
    const value = isFlag ? FLAGS.get(text) : /^\d{1,9}$/.test(text) ? Number(text) : undefined;
    if (value === undefined) this.wrongTypes++;
    else this.setNumber(attribute, value);
  }

  has(role: number): boolean {
    return (this.#present & (1 << role)) !== 0;
  }

  start(role: number): number {
    return this.#starts[role] ?? 0;
  }

  end(role: number): number {
    return this.#ends[role] ?? 0;
  }

  /** The number of a role, or 0. */
  number(role: number): number {
    return this.has(role) ? (this.#numbers[role] ?? 0) : 0;
  }

  /** The text of a role, or ''. */
  text(role: Role): string {
    const number = ROLE[role];
    return this.has(number) ? this.slice(this.start(number), this.end(number)) : '';
  }

  slice(start: number, end: number): string {
    const { buffer, byteOffset } = this.bytes;
    return Buffer.from(buffer, byteOffset + start, end - start).toString('utf8');
  }

  #claims(attribute: number): boolean {
    const role = ROLE_OF[attribute] ?? 0;
    const rank = RANK_OF[attribute] ?? 0;
    const bit = 1 << role;
    if ((this.#present & bit) !== 0 && (this.#ranks[role] ?? 0) < rank) return false;
    this.#present |= bit;
    this.#ranks[role] = rank;
    return true;
  }
}
