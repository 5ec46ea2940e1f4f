import {
  type Attributes,
  MAX_VALUE_LENGTH,
  SPAN_KINDS,
  type Span,
  WANTED_ATTRIBUTES,
} from './span.ts';
import { WireReader } from './wire.ts';

const NONE: Attributes = new Map();

/** Reads the wanted fields of an ExportTraceServiceRequest.
 *  @throws {Fault} `otlp/protobuf-malformed`
 *  @see opentelemetry-proto trace_service.proto and trace.proto, whose field numbers these are */
export function decodeProtobuf(bytes: Buffer): Span[] {
  const spans: Span[] = [];
  const request = new WireReader(bytes);
  for (let field = request.next(); field !== 0; field = request.next()) {
    if (field === 1) readResourceSpans(request.message(), spans);
    else request.skip();
  }
  return spans;
}

/** The resource may come after its spans, so the scopes wait. */
function readResourceSpans(message: WireReader, spans: Span[]): void {
  let resource = NONE;
  const scopes: WireReader[] = [];
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) resource = readResource(message.message());
    else if (field === 2) scopes.push(message.message());
    else message.skip();
  }
  for (const scope of scopes) {
    for (let field = scope.next(); field !== 0; field = scope.next()) {
      if (field === 2) spans.push(readSpan(scope.message(), resource));
      else scope.skip();
    }
  }
}

function readResource(message: WireReader): Attributes {
  const attributes = new Map<string, string>();
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) readAttribute(message.message(), attributes);
    else message.skip();
  }
  return attributes;
}

function readSpan(message: WireReader, resource: Attributes): Span {
  let traceId = '';
  let spanId = '';
  let parentSpanId = '';
  let kind = 0;
  const attributes = new Map<string, string>();
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) traceId = message.hex();
    else if (field === 2) spanId = message.hex();
    else if (field === 4) parentSpanId = message.hex();
    else if (field === 6) kind = message.integer();
    else if (field === 9) readAttribute(message.message(), attributes);
    else message.skip();
  }
  const kindName = SPAN_KINDS[kind] ?? 'unspecified';
  return { traceId, spanId, parentSpanId, kind: kindName, attributes, resource };
}

/** Longer keys are none that is wanted. */
const MAX_KEY_LENGTH = 64;

/** `key` precedes `value` in all that serialise in field order; a value before its key is passed
 *  over, as is any attribute that is not wanted. */
function readAttribute(message: WireReader, into: Map<string, string>): void {
  let key = '';
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) key = message.text(MAX_KEY_LENGTH);
    else if (field === 2 && WANTED_ATTRIBUTES.has(key)) {
      const value = readScalar(message.message());
      if (value !== undefined) into.set(key, value);
    } else message.skip();
  }
}

/** Text, boolean, whole number and double of an AnyValue; lists and maps are none of ours. */
function readScalar(message: WireReader): string | undefined {
  let value: string | undefined;
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) value = message.text(MAX_VALUE_LENGTH);
    else if (field === 2) value = message.integer() === 0 ? 'false' : 'true';
    else if (field === 3) value = String(message.integer());
    else if (field === 4) value = String(message.double());
    else message.skip();
  }
  return value;
}
