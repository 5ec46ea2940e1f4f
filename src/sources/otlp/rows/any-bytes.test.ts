import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { type SpanBatch, SpanSink } from '../../../estate/spans/index.ts';
import { faultsOf } from '../../../estate/spans/testing/well-formed.ts';
import { type AttributeValue, type SpanFields, toProtobufRequest } from '../testing/encode.ts';
import { encode, NOW, newDecoder } from '../testing/take.ts';

const hex = (digits: number) =>
  fc.oneof(
    fc.constantFrom('', '0'.repeat(digits), 'a'.repeat(digits)),
    fc
      .uint8Array({ minLength: digits / 2, maxLength: digits / 2 })
      .map((bytes) => Buffer.from(bytes).toString('hex')),
  );

/** Attributes that rows are made of, with values of any kind, most of them of the right one. */
const NAMES = [
  ...['http.request.method', 'http.method', 'http.route', 'url.template', 'url.path', 'url.full'],
  ...[
    'http.response.status_code',
    'rpc.system',
    'rpc.method',
    'rpc.service',
    'rpc.grpc.status_code',
  ],
  ...['messaging.system', 'messaging.destination.name', 'messaging.operation.type'],
  ...['messaging.batch.message_count', 'server.address', 'server.port', 'service.peer.name'],
  ...['service.peer.namespace', 'network.peer.address', 'db.system', 'reeve.mtls.peer'],
];
const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.constantFrom<AttributeValue>(
    'GET',
    'POST',
    '/a/1',
    '/a/2',
    '/a/{id}',
    'grpc',
    'a.B/C',
    'receive',
  ),
  fc.constantFrom<AttributeValue>(
    'http://b:1/c/3?d',
    '10.0.0.1',
    '::1',
    'spiffe://a/b',
    200,
    404,
    14,
    1e9,
  ),
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.string({ minLength: 2_040, maxLength: 3_000 }),
  fc.boolean(),
  fc.double({ min: 0, max: 1e12, noNaN: true }),
);
const attributes = fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 8 });
const span: fc.Arbitrary<SpanFields> = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: hex(16),
  kind: fc.integer({ min: 0, max: 6 }),
  attributes,
  startMs: fc.constantFrom(0, NOW - 5, NOW, NOW * 2),
  durationMs: fc.constantFrom(0, 7, 10_000_000),
  status: fc.constantFrom(0, 1, 2, 99),
  links: fc.array(fc.record({ traceId: hex(32), spanId: hex(16) }), { maxLength: 10 }),
});
const RESOURCE = ['k8s.pod.ip', 'host.name', 'service.version', 'k8s.namespace.name'];
const request = fc.array(
  fc.record({
    resource: fc
      .tuple(
        fc.constantFrom('a', 'b', ''),
        fc.dictionary(fc.constantFrom(...RESOURCE), fc.string()),
      )
      .map(([name, others]) => ({ 'service.name': name, ...others })),
    spans: fc.array(span, { maxLength: 12 }),
  }),
  { maxLength: 3 },
);

/** A decoder that takes whatever comes, one thing after another; and what is wrong with the batches that came of it. */
function recorder(maxRows: number) {
  let faults: string[] = [];
  let rows = 0;
  const look = (batch: SpanBatch): void => {
    rows += batch.count;
    faults.push(...faultsOf(batch));
  };
  const spans = new SpanSink({ maxRows, onFull: look });
  const decoder = newDecoder({ maxParties: 3 }, { spans });
  return (body: Buffer, encoding: 'protobuf' | 'json') => {
    faults = [];
    rows = 0;
    try {
      decoder.take(body, encoding, NOW);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
    }
    const last = spans.take();
    if (last !== undefined) look(last);
    return { faults, rows };
  };
}

describe('batches of whatever comes in', () => {
  it('are well formed, and as long from both encodings', () => {
    const [takeProtobuf, takeJson] = [recorder(3), recorder(3)];
    fc.assert(
      fc.property(request, (resources) => {
        const told = takeProtobuf(encode('protobuf', resources), 'protobuf');
        expect(told.faults).toEqual([]);
        expect(takeJson(encode('json', resources), 'json')).toEqual(told);
      }),
      { numRuns: 300 },
    );
  });

  it('are well formed where bytes of a request are others', () => {
    const takeOne = recorder(4);
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 });
    fc.assert(
      fc.property(request, flips, (resources, changes) => {
        const body = toProtobufRequest(resources);
        for (const [at, byte] of changes) if (body.length > 0) body[at % body.length] = byte;
        expect(takeOne(body, 'protobuf').faults).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('are well formed where a span is any JSON', () => {
    const takeOne = recorder(4);
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'a' } }] };
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const body = { resourceSpans: [{ resource, scopeSpans: [{ spans: [value] }] }] };
        expect(takeOne(Buffer.from(JSON.stringify(body)), 'json').faults).toEqual([]);
      }),
    );
  });
});
