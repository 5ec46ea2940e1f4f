import { AttributeReader } from './attribute-reader.ts';
import type { SpanFields } from './span-fields.ts';
import { malformed, WIRE_TYPE, WireCursor } from './wire.ts';

/** Hears of what a request holds, one after the other. The fields are only good during the call. */
export interface RequestHandler {
  /** A resource; the spans that follow are its own. */
  onResource(resource: SpanFields): void;
  onSpan(span: SpanFields): void;
}

/** Tags: the field's number and its wire type.
 *  @see opentelemetry-proto trace_service.proto, trace.proto and resource.proto */
const MESSAGE_1 = 0x0a;
const MESSAGE_2 = 0x12;
const SPAN_TAG = {
  traceId: 0x0a,
  spanId: 0x12,
  parentId: 0x22,
  kind: 0x30,
  start: 0x39,
  end: 0x41,
  attribute: 0x4a,
  link: 0x6a,
  status: 0x7a,
} as const;
const SPAN_FIELDS = new Set(Object.values(SPAN_TAG).map((tag) => tag >>> 3));
const LINK_TAG = { traceId: 0x0a, spanId: 0x12 } as const;
const STATUS_CODE = 0x18;

/** Reads the wanted fields of ExportTraceServiceRequests straight from their bytes.
 *  @throws {Fault} `otlp/protobuf-malformed`; what stood before the break has been handed on */
export class ProtobufReader {
  readonly #wire = new WireCursor();
  readonly #fields: SpanFields;
  readonly #attributes: AttributeReader;
  readonly #handler: RequestHandler;

  constructor(fields: SpanFields, handler: RequestHandler) {
    this.#fields = fields;
    this.#attributes = new AttributeReader(this.#wire, fields);
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
      if (tag === MESSAGE_1) this.#attributes.read(wire.length(end));
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
      if (tag === SPAN_TAG.attribute) this.#attributes.read(wire.length(end));
      else if (tag === SPAN_TAG.traceId) fields.traceIdAt = this.#readId(16, end);
      else if (tag === SPAN_TAG.spanId) fields.spanIdAt = this.#readId(8, end);
      else if (tag === SPAN_TAG.parentId) fields.parentIdAt = this.#readId(8, end);
      else if (tag === SPAN_TAG.kind) fields.kind = wire.varint(end);
      else if (tag === SPAN_TAG.start) fields.startNanos = wire.fixed64(end);
      else if (tag === SPAN_TAG.end) fields.endNanos = wire.fixed64(end);
      else if (tag === SPAN_TAG.status) fields.statusCode = this.#readStatus(wire.length(end));
      else if (tag === SPAN_TAG.link) this.#readLink(wire.length(end));
      else this.#skipOfSpan(tag, end);
    }
  }

  #readStatus(end: number): number {
    const wire = this.#wire;
    let code = 0;
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === STATUS_CODE) code = wire.varint(end);
      else wire.skip(tag, end);
    }
    return code;
  }

  #readLink(end: number): void {
    const wire = this.#wire;
    let traceAt = -1;
    let spanAt = -1;
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === LINK_TAG.traceId) traceAt = this.#readId(16, end);
      else if (tag === LINK_TAG.spanId) spanAt = this.#readId(8, end);
      else wire.skip(tag, end);
    }
    this.#fields.addLink(traceAt, spanAt);
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

  #skipOfSpan(tag: number, end: number): void {
    if (tag < 0x80 && SPAN_FIELDS.has(tag >>> 3)) throw malformed('a field has the wrong type');
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
