import { attributeAt, TYPE_NUMBER, TYPE_OF } from './attributes.ts';
import type { SpanFields } from './span-fields.ts';
import { malformed, WIRE_TYPE, WireCursor } from './wire.ts';

/** Hears of what a request holds, one after the other. The fields are only good during the call. */
export interface RequestHandler {
  /** A resource; the spans that follow are its own. */
  onResource(resource: SpanFields): void;
  onSpan(span: SpanFields): void;
}

/** Tags: the field's number and its wire type.
 *  @see opentelemetry-proto trace_service.proto, trace.proto, resource.proto and common.proto */
const MESSAGE_1 = 0x0a;
const MESSAGE_2 = 0x12;
const SPAN_TAG = { traceId: 0x0a, spanId: 0x12, parentId: 0x22, kind: 0x30, start: 0x39 } as const;
const SPAN_ATTRIBUTE = 0x4a;
const VALUE_TAG = { text: 0x0a, flag: 0x10, integer: 0x18, double: 0x21, list: 0x2a } as const;

/** Reads the wanted fields of ExportTraceServiceRequests straight from their bytes.
 *  @throws {Fault} `otlp/protobuf-malformed`; what stood before the break has been handed on */
export class ProtobufReader {
  readonly #wire = new WireCursor();
  readonly #fields: SpanFields;
  readonly #handler: RequestHandler;

  constructor(fields: SpanFields, handler: RequestHandler) {
    this.#fields = fields;
    this.#handler = handler;
  }

  read(bytes: Uint8Array): void {
    const wire = this.#wire;
    wire.bytes = bytes;
    wire.at = 0;
    this.#fields.bytes = bytes;
    const end = bytes.length;
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === MESSAGE_1) this.#readResourceSpans(wire.length(end));
      else this.#skip(tag, MESSAGE_1, end);
    }
  }

  /** The resource may come after its spans, so it is looked for first. */
  #readResourceSpans(end: number): void {
    const wire = this.#wire;
    const start = wire.at;
    this.#fields.clear();
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === MESSAGE_1) this.#readAttributes(wire.length(end));
      else this.#skip(tag, MESSAGE_1, end);
    }
    this.#handler.onResource(this.#fields);
    wire.at = start;
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === MESSAGE_2) this.#readScopeSpans(wire.length(end));
      else this.#skip(tag, MESSAGE_2, end);
    }
  }

  #readAttributes(end: number): void {
    const wire = this.#wire;
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === MESSAGE_1) this.#readAttribute(wire.length(end));
      else this.#skip(tag, MESSAGE_1, end);
    }
  }

  #readScopeSpans(end: number): void {
    const wire = this.#wire;
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === MESSAGE_2) {
        this.#readSpan(wire.length(end));
        this.#handler.onSpan(this.#fields);
      } else this.#skip(tag, MESSAGE_2, end);
    }
  }

  #readSpan(end: number): void {
    const wire = this.#wire;
    const fields = this.#fields;
    fields.clear();
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === SPAN_ATTRIBUTE) this.#readAttribute(wire.length(end));
      else if (tag === SPAN_TAG.traceId) fields.traceIdAt = this.#readId(16, end);
      else if (tag === SPAN_TAG.spanId) fields.spanIdAt = this.#readId(8, end);
      else if (tag === SPAN_TAG.parentId) fields.parentIdAt = this.#readId(8, end);
      else if (tag === SPAN_TAG.kind) fields.kind = wire.varint(end);
      else if (tag === SPAN_TAG.start) fields.startMs = wire.nanosAsMs(end);
      else this.#skipOfSpan(tag, end);
    }
  }

  /** Where an identifier of this length starts; -1 for one of another length, or of zeros. */
  #readId(length: number, end: number): number {
    const wire = this.#wire;
    const idEnd = wire.length(end);
    const start = wire.at;
    wire.at = idEnd;
    if (idEnd - start !== length) return -1;
    for (let at = start; at < idEnd; at++) {
      if (wire.bytes[at] !== 0) return start;
    }
    return -1;
  }

  /** A KeyValue, whose key comes first in all that serialise in the order of fields. */
  #readAttribute(end: number): void {
    const wire = this.#wire;
    const { bytes, at } = wire;
    const length = bytes[at + 1] ?? 0;
    const valueAt = at + 2 + length;
    if (
      bytes[at] !== MESSAGE_1 ||
      length > 0x7f ||
      valueAt >= end ||
      bytes[valueAt] !== MESSAGE_2
    ) {
      this.#readUnordered(end);
      return;
    }
    const attribute = attributeAt(bytes, at + 2, length);
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
      if (tag !== MESSAGE_1 && tag !== MESSAGE_2) {
        this.#skip(tag, MESSAGE_1, end);
        continue;
      }
      const fieldEnd = wire.length(end);
      if (tag === MESSAGE_1) attribute = attributeAt(wire.bytes, wire.at, fieldEnd - wire.at);
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

  /** An AnyValue. */
  #readValue(attribute: number, end: number): void {
    const wire = this.#wire;
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === VALUE_TAG.text) {
        const textEnd = wire.length(end);
        this.#setText(attribute, wire.at, textEnd);
        wire.at = textEnd;
      } else if (tag === VALUE_TAG.integer) this.#setNumber(attribute, wire.varint(end));
      else if (tag === VALUE_TAG.flag) this.#setFlag(attribute, wire.varint(end));
      else if (tag === VALUE_TAG.double) this.#setNumber(attribute, wire.double(end));
      else if (tag === VALUE_TAG.list) this.#readList(attribute, wire.length(end));
      else {
        this.#skip(tag, VALUE_TAG.text, end);
        this.#fields.wrongTypes++;
      }
    }
  }

  /** An ArrayValue, of which a header's first text is wanted. */
  #readList(attribute: number, end: number): void {
    const wire = this.#wire;
    if (TYPE_OF[attribute] !== TYPE_NUMBER.header) {
      this.#fields.wrongTypes++;
      wire.at = end;
      return;
    }
    const tag = wire.at < end ? wire.varint(end) : 0;
    if (tag === MESSAGE_1) {
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
    if (type === TYPE_NUMBER.text || type === TYPE_NUMBER.header) {
      this.#fields.setText(attribute, start, end);
    } else
      this.#fields.setFromText(attribute, this.#fields.slice(start, Math.min(end, start + 20)));
  }

  #setNumber(attribute: number, value: number): void {
    if (TYPE_OF[attribute] === TYPE_NUMBER.number) this.#fields.setNumber(attribute, value);
    else this.#fields.wrongTypes++;
  }

  #setFlag(attribute: number, value: number): void {
    if (TYPE_OF[attribute] === TYPE_NUMBER.flag) this.#fields.setNumber(attribute, value);
    else this.#fields.wrongTypes++;
  }

  #skipOfSpan(tag: number, end: number): void {
    const field = tag >>> 3;
    const isWanted = field === 9 || field === 7 || field === 6 || field <= 2 || field === 4;
    if (isWanted && tag < 0x80) throw malformed('a field has the wrong type');
    this.#wire.skip(tag, end);
  }

  /** A wanted field of another wire type than its own is an error, not an unknown field. */
  #skip(tag: number, wanted: number, end: number): void {
    if (tag >>> 3 === wanted >>> 3 && (tag & 7) !== WIRE_TYPE.bytes && tag < 0x80) {
      throw malformed('a field has the wrong type');
    }
    this.#wire.skip(tag, end);
  }
}
