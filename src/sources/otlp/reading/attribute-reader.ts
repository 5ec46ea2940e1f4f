import { attributeAt, TYPE_NUMBER, TYPE_OF } from './attributes.ts';
import type { SpanFields } from './span-fields.ts';
import type { WireCursor } from './wire.ts';

/** Tags: the field's number and its wire type.
 *  @see opentelemetry-proto common.proto, `KeyValue`, `AnyValue` and `ArrayValue` */
const KEY = 0x0a;
const VALUE = 0x12;
const FIRST = 0x0a;
const VALUE_TAG = {
  text: 0x0a,
  flag: 0x10,
  integer: 0x18,
  double: 0x21,
  list: 0x2a,
  bytes: 0x3a,
} as const;
/** Longer texts are neither a number nor a flag. */
const MAX_NUMBER_BYTES = 20;

/** Reads wanted attributes into the fields of a span or a resource. */
export class AttributeReader {
  readonly #wire: WireCursor;
  readonly #fields: SpanFields;

  constructor(wire: WireCursor, fields: SpanFields) {
    this.#wire = wire;
    this.#fields = fields;
  }

  /** A KeyValue, whose key comes first in all that serialise in the order of fields. */
  read(end: number): void {
    const wire = this.#wire;
    const { bytes, at } = wire;
    const length = bytes[at + 1] ?? 0;
    const valueAt = at + 2 + length;
    if (bytes[at] !== KEY || length > 0x7f || valueAt >= end || bytes[valueAt] !== VALUE) {
      this.#readUnordered(end);
      return;
    }
    const attribute = this.#attributeAt(at + 2, at + 2 + length);
    wire.at = valueAt + 1;
    const valueEnd = wire.length(end);
    if (valueEnd !== end) {
      wire.at = at;
      this.#readUnordered(end);
    } else if (attribute < 0) wire.at = end;
    else this.#readValue(attribute, end);
  }

  /** Fields in any order, known or not, of which the last of each kind counts. */
  #readUnordered(end: number): void {
    const wire = this.#wire;
    let attribute = -1;
    let valueAt = -1;
    let valueEnd = -1;
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag !== KEY && tag !== VALUE) {
        wire.skip(tag, end);
        continue;
      }
      const fieldEnd = wire.length(end);
      if (tag === KEY) attribute = this.#attributeAt(wire.at, fieldEnd);
      else {
        valueAt = wire.at;
        valueEnd = fieldEnd;
      }
      wire.at = fieldEnd;
    }
    if (attribute >= 0 && valueAt >= 0) {
      wire.at = valueAt;
      this.#readValue(attribute, valueEnd);
      wire.at = end;
    }
  }

  #attributeAt(start: number, end: number): number {
    return attributeAt(this.#wire.bytes, start, end - start, this.#fields.attributesEnd);
  }

  /** An AnyValue. */
  #readValue(attribute: number, end: number): void {
    const wire = this.#wire;
    if (TYPE_OF[attribute] === TYPE_NUMBER.payload) {
      if (this.#fields.wantsPayloads) this.#readPayload(attribute, end);
      wire.at = end;
      return;
    }
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === VALUE_TAG.text) {
        const textEnd = wire.length(end);
        this.#setText(attribute, wire.at, textEnd);
        wire.at = textEnd;
      } else if (tag === VALUE_TAG.integer) this.#setNumber(attribute, signed(wire.varint(end)));
      else if (tag === VALUE_TAG.flag) this.#setFlag(attribute, wire.varint(end));
      else if (tag === VALUE_TAG.double) this.#setNumber(attribute, wire.double(end));
      else if (tag === VALUE_TAG.list) this.#readList(attribute, wire.length(end));
      else {
        wire.skip(tag, end);
        this.#fields.wrongTypes++;
      }
    }
  }

  /** An AnyValue that is text or bytes; another says nothing. */
  #readPayload(attribute: number, end: number): void {
    const wire = this.#wire;
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === VALUE_TAG.text || tag === VALUE_TAG.bytes) {
        const valueEnd = wire.length(end);
        this.#fields.setText(attribute, wire.at, valueEnd);
        wire.at = valueEnd;
      } else wire.skip(tag, end);
    }
  }

  /** An ArrayValue, of which the first text is wanted. */
  #readList(attribute: number, end: number): void {
    const wire = this.#wire;
    if (TYPE_OF[attribute] !== TYPE_NUMBER.texts) {
      this.#fields.wrongTypes++;
      wire.at = end;
      return;
    }
    const tag = wire.at < end ? wire.varint(end) : 0;
    if (tag === FIRST) {
      const valueEnd = wire.length(end);
      if (wire.bytes[wire.at] === VALUE_TAG.text && wire.at < valueEnd) {
        wire.at++;
        const textEnd = wire.length(valueEnd);
        this.#setText(attribute, wire.at, textEnd);
      } else this.#fields.wrongTypes++;
    }
    wire.at = end;
  }

  #setText(attribute: number, start: number, end: number): void {
    const type = TYPE_OF[attribute];
    if (type === TYPE_NUMBER.text || type === TYPE_NUMBER.texts) {
      this.#fields.setText(attribute, start, end);
      return;
    }
    const text = this.#fields.slice(start, Math.min(end, start + MAX_NUMBER_BYTES));
    this.#fields.setFromText(attribute, text);
  }

  #setNumber(attribute: number, value: number): void {
    if (TYPE_OF[attribute] === TYPE_NUMBER.number) this.#fields.setNumber(attribute, value);
    else this.#fields.wrongTypes++;
  }

  #setFlag(attribute: number, value: number): void {
    if (TYPE_OF[attribute] === TYPE_NUMBER.flag) this.#fields.setNumber(attribute, value);
    else this.#fields.wrongTypes++;
  }
}

/** Negative numbers are sent as what they are modulo 2^64. */
function signed(value: number): number {
  return value >= 2 ** 63 ? value - 2 ** 64 : value;
}
