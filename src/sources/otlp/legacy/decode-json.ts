import { Fault } from '../../../base/fault.ts';
import { listAt, pick, textAt } from '../../../base/pick.ts';
import {
  type Attributes,
  MAX_VALUE_LENGTH,
  SPAN_KINDS,
  type Span,
  type SpanKind,
  WANTED_ATTRIBUTES,
} from './span.ts';

/** Reads an ExportTraceServiceRequest in OTLP's JSON: identifiers in hexadecimal, names in
 *  lowerCamelCase, unknown fields ignored.
 *  @throws {Fault} `otlp/json-malformed`
 *  @see OTLP 1.10, JSON Protobuf Encoding */
export function decodeJson(bytes: Buffer): Span[] {
  const request = parse(bytes);
  return listAt(request, 'resourceSpans').flatMap((resourceSpans) => {
    const resource = attributesOf(listAt(resourceSpans, 'resource', 'attributes'));
    return listAt(resourceSpans, 'scopeSpans')
      .flatMap((scope) => listAt(scope, 'spans'))
      .map((span) => toSpan(span, resource));
  });
}

function parse(bytes: Buffer): unknown {
  try {
    const request: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof request === 'object' && request !== null && !Array.isArray(request)) return request;
  } catch {
    // The parser's message quotes the input, which may hold anything; ours does not.
  }
  throw new Fault('otlp/json-malformed', 'The request is not a JSON object', {
    hint: 'send an ExportTraceServiceRequest: {"resourceSpans":[…]}',
  });
}

function toSpan(span: unknown, resource: Attributes): Span {
  return {
    traceId: idAt(span, 'traceId'),
    spanId: idAt(span, 'spanId'),
    parentSpanId: idAt(span, 'parentSpanId'),
    kind: kindOf(pick(span, 'kind')),
    attributes: attributesOf(listAt(span, 'attributes')),
    resource,
  };
}

function idAt(span: unknown, name: string): string {
  const id = pick(span, name);
  return typeof id === 'string' ? id.toLowerCase().slice(0, 64) : '';
}

/** A number, as OTLP wants it, or the name that other JSON encoders write. */
function kindOf(kind: unknown): SpanKind {
  if (typeof kind === 'number') return SPAN_KINDS[kind] ?? 'unspecified';
  const name = String(kind).replace('SPAN_KIND_', '').toLowerCase();
  return SPAN_KINDS.find((known) => known === name) ?? 'unspecified';
}

function attributesOf(list: readonly unknown[]): Attributes {
  const attributes = new Map<string, string>();
  for (const item of list) {
    const key = pick(item, 'key');
    if (typeof key !== 'string' || !WANTED_ATTRIBUTES.has(key)) continue;
    const value = scalarOf(pick(item, 'value'));
    if (value !== undefined) attributes.set(key, value.slice(0, MAX_VALUE_LENGTH));
  }
  return attributes;
}

const SCALARS = ['stringValue', 'intValue', 'boolValue', 'doubleValue'] as const;

function scalarOf(value: unknown): string | undefined {
  for (const name of SCALARS) {
    const text = textAt(value, name);
    if (text !== undefined) return text;
  }
  return undefined;
}
