import protobuf from 'protobufjs';
import { SpanSink } from '../../src/estate/spans/index.ts';
import { OtlpDecoder } from '../../src/sources/otlp/index.ts';
import { type ExportRequest, makeTraffic, stamp } from './otlp-traffic.ts';

/** Run in a process of its own, on one core: what reading the same spans costs here and elsewhere.
 *  Prints one line of JSON: spans a second by what read them. */
const ROUNDS = 6;
const FLUSH_EVERY = 12;

const traffic = makeTraffic(Date.now());
const spanCount = traffic.reduce((sum, request) => sum + request.spanCount, 0);
const LIMITS = { pairWindowSeconds: 30, maxHalves: 1_000_000, maxParties: 20_000 };
const decoder = new OtlpDecoder(LIMITS);
const sink = new SpanSink();
const recorder = new OtlpDecoder(LIMITS, { spans: sink });
const TraceRequest = protobuf.Root.fromJSON(schema()).lookupType('TracesData');

let round = 0;
const READERS: Readonly<Record<string, (request: ExportRequest, index: number) => unknown>> = {
  decoder: ({ body }, index) => {
    decoder.take(body, 'protobuf', Date.now());
    if (index % FLUSH_EVERY === 0) decoder.flush(Date.now());
  },
  'decoder, each span told': ({ body }, index) => {
    recorder.take(body, 'protobuf', Date.now());
    if (index % FLUSH_EVERY !== 0) return;
    recorder.flush(Date.now());
    sink.take();
  },
  'decoder, JSON': ({ json }, index) => {
    decoder.take(json, 'json', Date.now());
    if (index % FLUSH_EVERY === 0) decoder.flush(Date.now());
  },
  'JSON.parse': ({ json }) => JSON.parse(json.toString('utf8')),
  protobufjs: ({ body }) => TraceRequest.decode(body),
};

/** The best of a few rounds: others use the machine too. */
function perSecond(read: (request: ExportRequest, index: number) => unknown): number {
  let best = 0;
  for (let time = 0; time < ROUNDS; time++) {
    round++;
    for (const request of traffic) stamp(request, round);
    const started = performance.now();
    for (const [index, request] of traffic.entries()) read(request, index);
    best = Math.max(best, (spanCount / (performance.now() - started)) * 1_000);
  }
  return best;
}

const bytes = traffic.reduce((sum, { body }) => sum + body.length, 0);
const rates = Object.entries(READERS).map(([name, read]) => [name, perSecond(read)] as const);
console.log(JSON.stringify({ bytesASpan: bytes / spanCount, rates: Object.fromEntries(rates) }));

/** The messages of trace.proto, common.proto and resource.proto that the traffic has. */
function schema(): protobuf.INamespace {
  const many = (type: string, id: number) => ({ rule: 'repeated', type, id });
  const one = (type: string, id: number) => ({ type, id });
  return {
    nested: {
      TracesData: { fields: { resourceSpans: many('ResourceSpans', 1) } },
      ResourceSpans: {
        fields: { resource: one('Resource', 1), scopeSpans: many('ScopeSpans', 2) },
      },
      Resource: { fields: { attributes: many('KeyValue', 1) } },
      ScopeSpans: { fields: { scope: one('Scope', 1), spans: many('Span', 2) } },
      Scope: { fields: { name: one('string', 1), version: one('string', 2) } },
      Span: {
        fields: {
          traceId: one('bytes', 1),
          spanId: one('bytes', 2),
          traceState: one('string', 3),
          parentSpanId: one('bytes', 4),
          name: one('string', 5),
          kind: one('int32', 6),
          startTimeUnixNano: one('fixed64', 7),
          endTimeUnixNano: one('fixed64', 8),
          attributes: many('KeyValue', 9),
          flags: one('fixed32', 16),
        },
      },
      KeyValue: { fields: { key: one('string', 1), value: one('AnyValue', 2) } },
      AnyValue: {
        fields: {
          stringValue: one('string', 1),
          boolValue: one('bool', 2),
          intValue: one('int64', 3),
          doubleValue: one('double', 4),
        },
      },
    },
  };
}
