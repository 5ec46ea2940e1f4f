/** Encodes export requests in protobuf, for tests: written from the specification, apart from the
 *  decoder that it tests. */

export type AttributeValue = string | number | boolean | Buffer;

export interface SpanFields {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind?: number;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly name?: string;
  /** Milliseconds since 1970; else none that is believed. */
  readonly startMs?: number;
  /** Milliseconds after it; 0 where absent. */
  readonly durationMs?: number;
  /** 0 unset, 1 ok, 2 error; none is sent where absent. */
  readonly status?: number;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

export interface ResourceFields {
  readonly resource: Readonly<Record<string, string>>;
  readonly spans: readonly SpanFields[];
}

export function toJsonRequest(resources: readonly ResourceFields[]): object {
  return {
    resourceSpans: resources.map(({ resource, spans }) => ({
      resource: { attributes: jsonAttributes(resource) },
      scopeSpans: [
        {
          scope: { name: 'test' },
          spans: spans.map((span) => ({
            traceId: span.traceId,
            spanId: span.spanId,
            parentSpanId: span.parentSpanId,
            kind: span.kind,
            name: span.name ?? 'ignored',
            startTimeUnixNano: span.startMs === undefined ? '1' : `${span.startMs}000000`,
            endTimeUnixNano: endOf(span) === undefined ? '1' : `${endOf(span)}000000`,
            ...(span.status !== undefined && { status: { code: span.status } }),
            ...(span.links && { links: span.links }),
            attributes: jsonAttributes(span.attributes ?? {}),
          })),
        },
      ],
    })),
  };
}

export function toProtobufRequest(resources: readonly ResourceFields[]): Buffer {
  return Buffer.concat(
    resources.map(({ resource, spans }) =>
      bytes(
        1,
        Buffer.concat([
          bytes(1, attributes(1, resource)),
          bytes(
            2,
            Buffer.concat([
              bytes(1, text(1, 'test')),
              ...spans.map((span) => bytes(2, spanOf(span))),
            ]),
          ),
        ]),
      ),
    ),
  );
}

function spanOf(span: SpanFields): Buffer {
  return Buffer.concat([
    bytes(1, Buffer.from(span.traceId ?? '', 'hex')),
    bytes(2, Buffer.from(span.spanId ?? '', 'hex')),
    bytes(4, Buffer.from(span.parentSpanId ?? '', 'hex')),
    text(5, span.name ?? 'ignored'),
    Buffer.concat([tag(6, 0), varint(span.kind ?? 0)]),
    time(7, span.startMs),
    time(8, endOf(span)),
    attributes(9, span.attributes ?? {}),
    ...(span.links ?? []).map((link) => bytes(13, linkOf(link))),
    ...(span.status === undefined
      ? []
      : [bytes(15, Buffer.concat([tag(3, 0), varint(span.status)]))]),
    Buffer.concat([tag(16, 5), Buffer.alloc(4, 1)]),
  ]);
}

function linkOf({ traceId, spanId }: { traceId: string; spanId: string }): Buffer {
  return Buffer.concat([
    bytes(1, Buffer.from(traceId, 'hex')),
    bytes(2, Buffer.from(spanId, 'hex')),
    text(3, 'a=b'),
  ]);
}

function endOf({ startMs, durationMs = 0 }: SpanFields): number | undefined {
  return startMs === undefined ? undefined : startMs + durationMs;
}

function time(field: number, ms: number | undefined): Buffer {
  const nanos = Buffer.alloc(8, 1);
  if (ms !== undefined) nanos.writeBigUInt64LE(BigInt(ms) * 1_000_000n);
  return Buffer.concat([tag(field, 1), nanos]);
}

function attributes(field: number, values: Readonly<Record<string, AttributeValue>>): Buffer {
  return Buffer.concat(
    Object.entries(values).map(([key, value]) =>
      bytes(field, Buffer.concat([text(1, key), bytes(2, anyValue(value))])),
    ),
  );
}

function anyValue(value: AttributeValue): Buffer {
  if (typeof value === 'object') return bytes(7, value);
  if (typeof value === 'string') return text(1, value);
  if (typeof value === 'boolean') return Buffer.concat([tag(2, 0), varint(Number(value))]);
  if (Number.isInteger(value)) return Buffer.concat([tag(3, 0), varint(value)]);
  const double = Buffer.alloc(8);
  double.writeDoubleLE(value);
  return Buffer.concat([tag(4, 1), double]);
}

function jsonAttributes(values: Readonly<Record<string, AttributeValue>>): object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: jsonValue(value) }));
}

function jsonValue(value: AttributeValue): object {
  if (typeof value === 'object') return { bytesValue: value.toString('base64') };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function tag(field: number, wireType: number): Buffer {
  return varint(field * 8 + wireType);
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([tag(field, 2), varint(content.length), content]);
}

function text(field: number, content: string): Buffer {
  return bytes(field, Buffer.from(content));
}

function varint(value: number): Buffer {
  const low = value % 128;
  return value < 128
    ? Buffer.from([low])
    : Buffer.concat([Buffer.from([low | 128]), varint(Math.floor(value / 128))]);
}
