import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import type { SpanFields } from './testing/encode.ts';
import {
  CLIENT_SPAN,
  countsOf,
  encode,
  NOW,
  newDecoder,
  of,
  SERVER_SPAN,
  said,
  saidCall,
  take,
} from './testing/take.ts';

const client = CLIENT_SPAN;
const server = SERVER_SPAN;

describe('a decoder that nothing came to', () => {
  it('waits for nothing and has nothing to give', () => {
    const decoder = newDecoder();
    decoder.forgetFlushedHalves();
    expect(decoder.waitingCount).toBe(0);
    expect(decoder.flush(NOW)).toEqual({ sightings: [], calls: [], halves: Buffer.alloc(0) });
  });
});

describe('traces that are taken in', () => {
  it('are counted by what they ask for', () => {
    const decoder = newDecoder();
    const missing = {
      ...server,
      attributes: { ...server.attributes, 'http.response.status_code': 404 },
    };
    take(decoder, NOW, of('orders', server, server, missing), of('other', server));
    take(decoder, NOW, of('orders', server));
    expect(decoder.flush(NOW).sightings.map(said)).toEqual([
      'orders: GET /orders/{id} 0 x3',
      'orders: GET /orders/{id} 404 x1',
      'other: GET /orders/{id} 0 x1',
    ]);
    expect(decoder.flush(NOW)).toEqual({ sightings: [], calls: [], halves: Buffer.alloc(0) });
  });

  it('pair the two sides of a call, whichever comes first', () => {
    const call = 'web -> orders GET /orders/{id}';
    const callerFirst = newDecoder();
    take(callerFirst, NOW, of('web', client));
    expect(callerFirst.flush(NOW).calls).toEqual([]);
    take(callerFirst, NOW + 500, of('orders', server));
    expect(callerFirst.flush(NOW).calls.map(saidCall)).toEqual([call]);
    const calledFirst = newDecoder();
    take(calledFirst, NOW, of('orders', server));
    take(calledFirst, NOW + 500, of('web', client));
    expect(calledFirst.flush(NOW).calls.map(saidCall)).toEqual([call]);
  });

  it('do not pair over another trace, nor after the window', () => {
    const other = newDecoder();
    take(other, NOW, of('web', { ...client, traceId: 'd'.repeat(32) }), of('orders', server));
    expect(other.flush(NOW).calls).toEqual([]);
    const late = newDecoder();
    take(late, NOW, of('web', client));
    take(late, NOW + 31_000, of('orders', server));
    expect(late.flush(NOW + 31_000).calls.map(saidCall)).toEqual(['web -> orders *']);
  });

  it('say an unanswered call by its address, once the window is over', () => {
    const decoder = newDecoder();
    take(decoder, NOW, of('web', client));
    expect(decoder.flush(NOW + 29_000).calls).toEqual([]);
    const [call] = decoder.flush(NOW + 31_000).calls;
    expect(call).toEqual({
      caller: expect.objectContaining({ key: 'name /shop/web' }),
      service: {
        key: 'address shop/orders:8080',
        subject: { by: 'address', host: 'orders', port: 8080, known: true, namespace: 'shop' },
      },
      at: NOW,
      count: 1,
    });
  });

  it('count equal calls together', () => {
    const decoder = newDecoder();
    for (let call = 0; call < 5; call++) {
      const spanId = `${call}`.repeat(16);
      take(decoder, NOW, of('orders', { ...server, parentSpanId: spanId }));
      if (call > 0) take(decoder, NOW, of('web', { ...client, spanId }));
    }
    expect(decoder.flush(NOW).calls).toMatchObject([{ count: 4, at: NOW }]);
  });

  it('find no call in a service that calls itself', () => {
    const decoder = newDecoder();
    take(decoder, NOW, of('orders', client, server));
    expect(decoder.flush(NOW).calls).toEqual([]);
  });

  it('are refused without a name of their own, with the reason', () => {
    const decoder = newDecoder();
    for (const name of ['', 'unknown_service:node', 'a b', 'a/b', 'x'.repeat(900)]) {
      const taken = take(decoder, NOW, of(name, server));
      expect(taken, name).toMatchObject({ spanCount: 1, rejectedSpans: 1 });
      expect(taken.reasons[0]).toMatch(/service\.name/);
    }
    expect(decoder.flush(NOW).sightings).toEqual([]);
  });

  it('are refused without identifiers', () => {
    for (const broken of [
      { traceId: '0'.repeat(32) },
      { traceId: 'ab' },
      { spanId: '0'.repeat(16) },
      { spanId: '' },
    ]) {
      for (const encoding of ['protobuf', 'json'] as const) {
        const body = encode(encoding, [of('orders', { ...server, ...broken })]);
        expect(newDecoder().take(body, encoding, NOW)).toMatchObject({
          rejectedSpans: 1,
          reasons: ['spans need a trace id and a span id'],
        });
      }
    }
  });

  it('need no parent', () => {
    const decoder = newDecoder();
    take(decoder, NOW, of('orders', { ...server, parentSpanId: '' }));
    expect(decoder.flush(NOW).sightings).toHaveLength(1);
    expect(decoder.waitingCount).toBe(0);
  });

  it('name the environment and the namespace by new and old names', () => {
    const decoder = newDecoder();
    const resource = {
      'service.name': 'orders',
      'service.namespace': 'logical',
      'k8s.namespace.name': 'shop',
      'deployment.environment': 'production',
    };
    take(decoder, NOW, { resource, spans: of('', server).spans });
    expect(decoder.flush(NOW).sightings[0]?.service.subject).toEqual({
      by: 'name',
      name: 'orders',
      namespace: 'shop',
      environment: 'production',
    });
  });
});

describe('the time of a span', () => {
  it.each<[string, number | undefined, number, string | undefined]>([
    ['as it says', NOW - 60_000, NOW - 60_000, undefined],
    ['not after now', NOW + 3_000, NOW, undefined],
    ['now, for a clock days ahead', NOW + 3 * 86_400_000, NOW, 'clock not believed'],
    ['now, for a clock years behind', NOW - 2 * 366 * 86_400_000, NOW, 'clock not believed'],
    ['now, for none', 0, NOW, 'no time'],
  ])('is taken %s', (_what, startMs, at, reason) => {
    for (const encoding of ['protobuf', 'json'] as const) {
      const decoder = newDecoder();
      const body = encode(encoding, [
        of('orders', { ...server, ...(startMs !== undefined && { startMs }) }),
      ]);
      const counts = countsOf(decoder.take(body, encoding, NOW));
      expect(decoder.flush(NOW).sightings[0]).toMatchObject({ firstAt: at, lastAt: at });
      expect(Object.keys(counts)).toEqual(reason === undefined ? [] : [reason]);
    }
  });

  it('gives the first and the last of what is counted together', () => {
    const decoder = newDecoder();
    const at = (startMs: number): SpanFields => ({ ...server, startMs });
    take(decoder, NOW, of('orders', at(NOW - 5), at(NOW - 9), at(NOW - 1), at(NOW - 7)));
    const [sighting] = decoder.flush(NOW).sightings;
    expect(sighting).toMatchObject({ firstAt: NOW - 9, lastAt: NOW - 1, count: 4 });
  });
});

describe('protobuf', () => {
  it.each([
    ['a message that ends inside a field', '0a05ff', 'a field is longer than its message'],
    ['a number without an end', 'ffffffffffffffffffffff', 'a number has more than 10 bytes'],
    ['a number that is cut', '1080', 'it ends inside a number'],
    ['a group', '0b0c', 'a field has the wrong type'],
    ['a group that is not wanted', '1b1c', 'a field has a type that proto3 does not know'],
    ['field 0', '0200', 'a field number is out of range'],
    ['a number where a message belongs', '0801', 'a field has the wrong type'],
  ])('is refused for %s', (_what, hex, why) => {
    expect(() => newDecoder().take(Buffer.from(hex, 'hex'), 'protobuf', NOW)).toThrow(
      `The request is not valid protobuf: ${why}`,
    );
  });

  it('is read with the fields of an attribute in any order, and ones that are not known', () => {
    const value = '120b0a092f6f72646572732f31';
    const key = '0a0875726c2e70617468';
    const unknown = '7803';
    const decoder = newDecoder();
    const [known] = decodersSpan();
    for (const attribute of [
      key + value,
      value + key,
      unknown + key + value,
      key + unknown + value,
      key + value + unknown,
    ]) {
      const body = withAttribute(known, Buffer.from(attribute, 'hex'));
      expect(decoder.take(body, 'protobuf', NOW).counts).toEqual([]);
    }
    expect(decoder.flush(NOW).sightings.map(said)).toEqual(['orders: GET /orders/1 0 x5']);
  });

  it('is read with the resource behind its spans', () => {
    const body = encode('protobuf', [of('orders', server)]);
    const inner = body.subarray(body.length - contentLength(body));
    const resourceEnd = 2 + (inner[1] ?? 0);
    const swapped = Buffer.concat([
      body.subarray(0, body.length - inner.length),
      inner.subarray(resourceEnd),
      inner.subarray(0, resourceEnd),
    ]);
    const decoder = newDecoder();
    decoder.take(swapped, 'protobuf', NOW);
    expect(decoder.flush(NOW).sightings).toHaveLength(1);
  });

  it('gives spans or a fault, cut at any byte and with any byte changed', () => {
    const body = encode('protobuf', [of('orders', server, client), of('web', server)]);
    const decoder = newDecoder();
    for (let length = 0; length < body.length; length++) {
      isTakenOrRefused(() => decoder.take(body.subarray(0, length), 'protobuf', NOW));
    }
    const changed = fc
      .tuple(fc.nat(body.length - 1), fc.nat(255))
      .map(([at, byte]) => Buffer.from(body).fill(byte, at, at + 1));
    const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(changed, any), (bytes) => {
        isTakenOrRefused(() => decoder.take(bytes, 'protobuf', NOW));
        decoder.restore(decoder.flush(NOW).halves, NOW);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('JSON', () => {
  it.each(['', '[]', 'null', '{', 'trace'])('%j is refused, without quoting it', (text) => {
    expect(() => newDecoder().take(Buffer.from(text), 'json', NOW)).toThrow(
      'The request is not a JSON object',
    );
  });

  it('is refused where it has more values than may be held', () => {
    const flood = Buffer.alloc(4_000_010, '[');
    expect(() => newDecoder().take(flood, 'json', NOW)).toThrow(/more than 4000000 values/);
  });

  it('takes the names of kinds, and identifiers in capitals', () => {
    const span = {
      traceId: 'AB'.repeat(16),
      spanId: 'CD'.repeat(8),
      kind: 'SPAN_KIND_SERVER',
      attributes: [
        { key: 'http.method', value: { stringValue: 'GET' } },
        { key: 'http.route', value: { stringValue: '/x' } },
      ],
    };
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] };
    const body = { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] };
    const decoder = newDecoder();
    decoder.take(Buffer.from(JSON.stringify(body)), 'json', NOW);
    expect(decoder.flush(NOW).sightings.map(said)).toEqual(['orders: GET /x 0 x1']);
  });

  it('gives spans or a fault, whatever it holds', () => {
    const decoder = newDecoder();
    fc.assert(
      fc.property(fc.jsonValue(), (any) => {
        const span = { traceId: any, kind: 2, attributes: any };
        const attribute = { key: 'http.route', value: any };
        const request = {
          resourceSpans: [
            { resource: any, scopeSpans: [{ spans: any }, any, { spans: [span, any] }] },
            { scopeSpans: [{ spans: [{ kind: any, attributes: [attribute, any] }] }] },
          ],
        };
        isTakenOrRefused(() => decoder.take(Buffer.from(JSON.stringify(request)), 'json', NOW));
      }),
    );
  });
});

const KEYS = [
  'http.request.method',
  'http.route',
  'url.path',
  'http.target',
  'url.query',
  'http.response.status_code',
  'server.address',
  'server.port',
  'rpc.system',
  'rpc.method',
  'messaging.system',
  'messaging.destination.name',
  'user_agent.original',
  'http.request.header.authorization',
  'graphql.document',
  'thread.name',
];
const spans = fc.record({
  traceId: fc.constantFrom('1'.repeat(32), '2'.repeat(32)),
  spanId: fc.constantFrom('3'.repeat(16), '4'.repeat(16)),
  parentSpanId: fc.constantFrom('', '3'.repeat(16), '4'.repeat(16)),
  kind: fc.integer({ min: 0, max: 5 }),
  startMs: fc.constantFrom(NOW, NOW - 1_000),
  attributes: fc.dictionary(
    fc.constantFrom(...KEYS),
    fc.oneof(
      fc.constantFrom('GET', '/orders/:id', '/orders/7?a=1', 'grpc', 'a.B/C', 'kafka', '{ a }'),
      fc.string({ maxLength: 20 }),
      fc.nat(600),
      fc.boolean(),
      fc.constant(0.5),
    ),
    { maxKeys: 7 },
  ),
});

describe('protobuf and JSON', () => {
  it('say the same', () => {
    const services = fc.constantFrom('orders', 'web', '', 'caf\u00e9');
    fc.assert(
      fc.property(fc.array(fc.tuple(services, fc.array(spans, { maxLength: 4 }))), (all) => {
        const resources = all.map(([name, list]) => of(name, ...list));
        const [one, other] = [newDecoder(), newDecoder()];
        expect(one.take(encode('json', resources), 'json', NOW)).toEqual(
          other.take(encode('protobuf', resources), 'protobuf', NOW),
        );
        expect(one.flush(NOW)).toEqual(other.flush(NOW));
      }),
    );
  });
});

function isTakenOrRefused(work: () => { spanCount: number }): void {
  try {
    expect(work().spanCount).toBeGreaterThanOrEqual(0);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Fault);
  }
}

/** A request of one SERVER span, and where its parts end. */
function decodersSpan(): [Buffer] {
  return [encode('protobuf', [of('orders', { kind: 2, attributes: { 'http.method': 'GET' } })])];
}

/** Adds an attribute at the end of the only span, which ends with the request. */
function withAttribute(body: Buffer, attribute: Buffer): Buffer {
  const added = Buffer.concat([Buffer.from([0x4a, attribute.length]), attribute]);
  const resource = body.subarray(bodyStart(body));
  const resourceEnd = 2 + (resource[1] ?? 0);
  const scope = resource.subarray(resourceEnd);
  const scopeContent = scope.subarray(bodyStart(scope));
  const scopeNameEnd = 2 + (scopeContent[1] ?? 0);
  const span = scopeContent.subarray(scopeNameEnd);
  const spanContent = span.subarray(bodyStart(span));
  const field = (tag: number, ...parts: Buffer[]): Buffer => {
    const content = Buffer.concat(parts);
    const length = [(content.length & 0x7f) | 0x80, content.length >> 7];
    return Buffer.concat([Buffer.from([tag, ...length]), content]);
  };
  return field(
    0x0a,
    resource.subarray(0, resourceEnd),
    field(0x12, scopeContent.subarray(0, scopeNameEnd), field(0x12, spanContent, added)),
  );
}

/** Where the content of a field starts whose length takes one or two bytes. */
function bodyStart(field: Buffer): number {
  return (field[1] ?? 0) < 0x80 ? 2 : 3;
}

function contentLength(body: Buffer): number {
  return body.length - bodyStart(body);
}
