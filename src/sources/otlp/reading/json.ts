import { Fault } from '../../../base/fault.ts';
import { type Fields, isFields, textAt } from '../../../base/pick.ts';
import { attributeNamed, TYPE_NUMBER, TYPE_OF } from './attributes.ts';
import type { RequestHandler } from './protobuf.ts';
import { MAX_LINKS, SPAN_KIND, type SpanFields, STATUS_CODE } from './span-fields.ts';
import { TextFields } from './text-fields.ts';

/** Values in one request: each costs memory while it is parsed, however few bytes it came in. */
const MAX_VALUES = 4_000_000;
const MAX_BASE64 = 28_000;
const [BRACKET, BRACE, COMMA] = [0x5b, 0x7b, 0x2c];

/** Reads the wanted fields of ExportTraceServiceRequests in OTLP's JSON: identifiers in hexadecimal,
 *  names in lowerCamelCase, unknown fields ignored.
 *  @throws {Fault} `otlp/json-malformed`, `otlp/json-too-large`
 *  @see OTLP 1.10, JSON Protobuf Encoding */
export class JsonReader {
  readonly #fields: SpanFields;
  readonly #text: TextFields;
  readonly #handler: RequestHandler;

  constructor(fields: SpanFields, handler: RequestHandler) {
    this.#fields = fields;
    this.#text = new TextFields(fields);
    this.#handler = handler;
  }

  read(body: Uint8Array): void {
    for (const resourceSpans of listIn(parse(body), 'resourceSpans')) {
      this.#text.start();
      this.#readAttributes(fieldsIn(resourceSpans, 'resource'));
      this.#handler.onResource(this.#fields);
      for (const scopeSpans of listIn(resourceSpans, 'scopeSpans')) {
        for (const span of listIn(scopeSpans, 'spans')) this.#readSpan(span);
      }
    }
  }

  #readSpan(span: unknown): void {
    if (!isFields(span)) return;
    const fields = this.#fields;
    this.#text.start();
    fields.traceIdAt = this.#text.idAt(span.traceId, 16);
    fields.spanIdAt = this.#text.idAt(span.spanId, 8);
    fields.parentIdAt = this.#text.idAt(span.parentSpanId, 8);
    fields.kind = kindOf(span.kind);
    fields.startNanos = toNanos(span.startTimeUnixNano);
    fields.endNanos = toNanos(span.endTimeUnixNano);
    fields.statusCode = statusOf(fieldsIn(span, 'status'));
    this.#readLinks(listIn(span, 'links'));
    this.#readAttributes(span);
    this.#handler.onSpan(fields);
  }

  #readLinks(links: readonly unknown[]): void {
    for (const link of links) {
      if (this.#fields.linkCount >= MAX_LINKS) this.#fields.linkCount++;
      else if (isFields(link)) {
        this.#fields.addLink(this.#text.idAt(link.traceId, 16), this.#text.idAt(link.spanId, 8));
      }
    }
  }

  #readAttributes(owner: unknown): void {
    const items = listIn(owner, 'attributes');
    let hasPayload = false;
    for (const item of items) {
      const attribute = attributeOf(item);
      if (attribute < 0 || attribute >= this.#fields.attributesEnd) continue;
      if (TYPE_OF[attribute] === TYPE_NUMBER.payload) hasPayload = true;
      else this.#readValue(attribute, (item as Fields).value);
    }
    if (hasPayload && this.#fields.wantsPayloads) this.#readPayloads(items);
  }

  /** Payloads come last, so that they take no room from what must be known. */
  #readPayloads(items: readonly unknown[]): void {
    for (const item of items) {
      const attribute = attributeOf(item);
      if (TYPE_OF[attribute] !== TYPE_NUMBER.payload) continue;
      const text = textAt(item, 'value', 'stringValue') ?? bytesIn(item);
      if (text !== undefined) this.#text.set(attribute, text);
    }
  }

  #readValue(attribute: number, value: unknown): void {
    if (!isFields(value)) return;
    const { stringValue, intValue, doubleValue, boolValue, arrayValue } = value;
    if (typeof stringValue === 'string') this.#setText(attribute, stringValue);
    else if (intValue !== undefined) this.#setNumber(attribute, intValue);
    else if (doubleValue !== undefined) this.#setNumber(attribute, doubleValue);
    else if (typeof boolValue === 'boolean') this.#setFlag(attribute, boolValue);
    else if (TYPE_OF[attribute] === TYPE_NUMBER.texts) this.#readFirst(attribute, arrayValue);
    else if (Object.keys(value).length > 0) this.#fields.wrongTypes++;
  }

  /** Of several texts the first. */
  #readFirst(attribute: number, arrayValue: unknown): void {
    const [first] = listIn(arrayValue, 'values');
    if (first === undefined) return;
    const text = isFields(first) ? first.stringValue : undefined;
    if (typeof text === 'string') this.#setText(attribute, text);
    else this.#fields.wrongTypes++;
  }

  #setText(attribute: number, text: string): void {
    const type = TYPE_OF[attribute];
    if (type === TYPE_NUMBER.number || type === TYPE_NUMBER.flag) {
      this.#fields.setFromText(attribute, text.slice(0, 20));
      return;
    }
    if (!this.#text.set(attribute, text)) this.#fields.wrongTypes++;
  }

  /** 64-bit numbers come as text, others as numbers. */
  #setNumber(attribute: number, value: unknown): void {
    const number = Number(value);
    if (TYPE_OF[attribute] === TYPE_NUMBER.number && Number.isFinite(number)) {
      this.#fields.setNumber(attribute, number);
    } else this.#fields.wrongTypes++;
  }

  #setFlag(attribute: number, value: boolean): void {
    if (TYPE_OF[attribute] === TYPE_NUMBER.flag) this.#fields.setNumber(attribute, Number(value));
    else this.#fields.wrongTypes++;
  }
}

function parse(body: Uint8Array): Fields {
  checkSize(body);
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  try {
    const request: unknown = JSON.parse(text);
    if (isFields(request)) return request;
  } catch {
    // The parser's message quotes the input, which may hold anything; ours does not.
  }
  throw new Fault('otlp/json-malformed', 'The request is not a JSON object', {
    hint: 'send an ExportTraceServiceRequest: {"resourceSpans":[…]}',
  });
}

function checkSize(body: Uint8Array): void {
  let values = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0;
    if (byte === COMMA || byte === BRACE || byte === BRACKET) values++;
  }
  if (values <= MAX_VALUES) return;
  throw new Fault('otlp/json-too-large', `The request has more than ${MAX_VALUES} values`, {
    hint: 'send smaller batches, or protobuf',
  });
}

/** The number of an attribute that is wanted, else -1. */
function attributeOf(item: unknown): number {
  const key = isFields(item) ? item.key : undefined;
  return typeof key === 'string' ? attributeNamed(key) : -1;
}

/** Bytes, which come as base64; of long ones no more is unpacked than is looked at. */
function bytesIn(item: unknown): string | undefined {
  const bytes = textAt(item, 'value', 'bytesValue');
  return bytes && Buffer.from(bytes.slice(0, MAX_BASE64), 'base64').toString('utf8');
}

function listIn(owner: unknown, name: string): readonly unknown[] {
  const list = isFields(owner) ? owner[name] : undefined;
  return Array.isArray(list) ? list : [];
}

function fieldsIn(owner: unknown, name: string): unknown {
  return isFields(owner) ? owner[name] : undefined;
}

/** A number, as OTLP wants it, or the name that other JSON encoders write. */
function kindOf(kind: unknown): number {
  if (typeof kind === 'number') return kind;
  if (typeof kind !== 'string' || !kind.startsWith('SPAN_KIND_')) return SPAN_KIND.unspecified;
  return KINDS.get(kind.slice('SPAN_KIND_'.length).toLowerCase()) ?? SPAN_KIND.unspecified;
}
const KINDS: ReadonlyMap<string, number> = new Map(Object.entries(SPAN_KIND));

function statusOf(status: unknown): number {
  const code = isFields(status) ? status.code : undefined;
  return code === STATUS_CODE.error || code === 'STATUS_CODE_ERROR'
    ? STATUS_CODE.error
    : STATUS_CODE.unset;
}

function toNanos(nanos: unknown): number {
  const number = Number(nanos);
  return Number.isFinite(number) && number > 0 ? number : 0;
}
