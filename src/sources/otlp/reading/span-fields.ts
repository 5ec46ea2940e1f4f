import {
  ATTRIBUTE_COUNT,
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

/** @see opentelemetry-proto trace.proto, `Status.StatusCode` */
export const STATUS_CODE = { unset: 0, ok: 1, error: 2 } as const;

/** Links whose places are kept. */
export const MAX_LINKS = 8;

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
  /** Nanoseconds since 1970, as exactly as a double tells; 0 where the span does not say. */
  startNanos = 0;
  endNanos = 0;
  /** As in `STATUS_CODE`. */
  statusCode = 0;
  /** Links to other spans, all that there are; places of the first are in `linkedTraceAt` and `linkedSpanAt`. */
  linkCount = 0;
  readonly linkedTraceAt = new Int32Array(MAX_LINKS);
  readonly linkedSpanAt = new Int32Array(MAX_LINKS);
  /** Whether payloads may be looked at. */
  wantsPayloads = false;
  /** Attributes from this number on are passed over: `COUNTED_ATTRIBUTES` where nobody wants single requests. */
  attributesEnd = ATTRIBUTE_COUNT;
  /** Attributes whose value was none of their type. */
  wrongTypes = 0;
  /** Bit n: role n is set; and role 32 + n. */
  #present = 0;
  #presentAbove = 0;
  readonly #starts = new Int32Array(ROLE_COUNT);
  readonly #ends = new Int32Array(ROLE_COUNT);
  readonly #numbers = new Float64Array(ROLE_COUNT);
  readonly #ranks = new Uint8Array(ROLE_COUNT);

  clear(): void {
    this.kind = 0;
    this.traceIdAt = -1;
    this.spanIdAt = -1;
    this.parentIdAt = -1;
    this.startNanos = 0;
    this.endNanos = 0;
    this.statusCode = 0;
    this.linkCount = 0;
    this.wrongTypes = 0;
    this.#present = 0;
    this.#presentAbove = 0;
  }

  /** Milliseconds since 1970; 0 where the span does not say. */
  get startMs(): number {
    return Math.floor(this.startNanos / 1e6);
  }

  /** Takes up a link, by where its ids start; -1 where one is none. */
  addLink(traceAt: number, spanAt: number): void {
    if (traceAt < 0 || spanAt < 0) return;
    const place = this.linkCount++;
    this.linkedTraceAt[place] = traceAt;
    this.linkedSpanAt[place] = spanAt;
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
    // a shift takes its number modulo 32
    return ((role < 32 ? this.#present : this.#presentAbove) & (1 << role)) !== 0;
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
    if (this.has(role) && (this.#ranks[role] ?? 0) < rank) return false;
    if (role < 32) this.#present |= 1 << role;
    else this.#presentAbove |= 1 << role;
    this.#ranks[role] = rank;
    return true;
  }
}
