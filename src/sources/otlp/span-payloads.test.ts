import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JudgePayload, PayloadSamples } from '../../estate/index.ts';
import { SpanFields as Fields, ProtobufReader, ROLE } from './reading/index.ts';
import { type AttributeValue, type SpanFields, toProtobufRequest } from './testing/encode.ts';
import { encode, NOW, newDecoder, of } from './testing/take.ts';

const ENCODINGS = ['protobuf', 'json'] as const;
const SERVER = 2;
const GET = { 'http.request.method': 'GET', 'url.path': '/orders/7' };

interface Shown {
  readonly operation: string;
  readonly part: string;
  readonly form: string;
  readonly text: string;
}

/** Finds the word `secret`, and notes what it was shown. */
function judging() {
  const shown: Shown[] = [];
  const judge: JudgePayload = ({ operation, part, form, content }) => {
    const text = typeof content === 'string' ? content : Buffer.from(content).toString();
    const { service, method, path, route } = operation;
    shown.push({ operation: `${service.key} ${method} ${route ?? path}`, part, form, text });
    return text.includes('secret') ? ['secret'] : [];
  };
  return { shown, judge };
}

type Attributes = Readonly<Record<string, AttributeValue>>;

function samplesOf(
  spans: readonly SpanFields[],
  encoding: 'protobuf' | 'json' = 'protobuf',
  judge: JudgePayload | undefined = judging().judge,
): (PayloadSamples | undefined)[] {
  const decoder = newDecoder({}, { judge });
  decoder.take(encode(encoding, [of('orders', ...spans)]), encoding, NOW);
  return decoder.flush(NOW).sightings.map(({ samples }) => samples);
}
const server = (attributes: Attributes): SpanFields => ({ kind: SERVER, attributes });

describe('payloads that spans bring', () => {
  it.each<
    [what: string, kind: number, attributes: Attributes, samples: PayloadSamples | undefined]
  >([
    [
      'the body of a request',
      SERVER,
      { ...GET, 'http.request.body': 'a secret' },
      { requests: { judged: 1, found: { secret: 1 } } },
    ],
    [
      'of the Elastic Common Schema',
      SERVER,
      { ...GET, 'http.request.body.content': 'x', 'http.response.body.content': 'a secret' },
      {
        requests: { judged: 1, found: {} },
        responses: { judged: 1, found: { secret: 1 } },
      },
    ],
    [
      'in bytes',
      SERVER,
      { ...GET, 'http.response.body': Buffer.from('a secret') },
      { responses: { judged: 1, found: { secret: 1 } } },
    ],
    [
      'of gRPC',
      SERVER,
      { 'rpc.system': 'grpc', 'rpc.method': 'a.B/C', 'rpc.response.body': 'a secret' },
      { responses: { judged: 1, found: { secret: 1 } } },
    ],
    [
      'a message',
      4,
      {
        'messaging.system': 'kafka',
        'messaging.destination.name': 't',
        'messaging.payload': 'secret',
      },
      { requests: { judged: 1, found: { secret: 1 } } },
    ],
    [
      'a query and a body, which are one request',
      SERVER,
      { ...GET, 'url.query': 'q=secret', 'http.request.body': 'secret' },
      { requests: { judged: 1, found: { secret: 1 } } },
    ],
    [
      'the query of a URL',
      SERVER,
      { 'http.request.method': 'GET', 'url.full': 'http://orders/x?q=secret#secret' },
      { requests: { judged: 1, found: { secret: 1 } } },
    ],
    ['none', SERVER, GET, undefined],
    ['an empty one', SERVER, { ...GET, 'http.request.body': '' }, undefined],
    [
      'of other types',
      SERVER,
      { ...GET, 'http.request.body': 7, 'http.response.body': true },
      undefined,
    ],
  ])('are judged: %s', (_what, kind, attributes, samples) => {
    for (const encoding of ENCODINGS) {
      expect(samplesOf([{ kind, attributes }], encoding)).toEqual([samples]);
    }
  });

  it('are shown with what they are of', () => {
    for (const encoding of ENCODINGS) {
      const { shown, judge } = judging();
      const routed = { ...GET, 'http.route': '/orders/:id' };
      const spans = [server({ ...routed, 'http.response.body': '{}', 'url.query': 'a=1' })];
      samplesOf(spans, encoding, judge);
      const operation = 'name /shop/orders GET /orders/{id}';
      expect(shown).toEqual([
        { operation, part: 'responses', form: 'body', text: '{}' },
        { operation, part: 'requests', form: 'query', text: 'a=1' },
      ]);
    }
  });

  it('add up until they are told, once', () => {
    const { judge } = judging();
    const decoder = newDecoder({}, { judge });
    const bodies = ['a secret', 'nothing', 'secret'];
    const spans = bodies.map((body) => server({ ...GET, 'http.response.body': body }));
    decoder.take(encode('protobuf', [of('orders', ...spans, server(GET))]), 'protobuf', NOW);
    expect(decoder.flush(NOW).sightings).toMatchObject([
      { count: 4, samples: { responses: { judged: 3, found: { secret: 2 } } } },
    ]);
    decoder.take(encode('protobuf', [of('orders', server(GET))]), 'protobuf', NOW);
    expect(decoder.flush(NOW).sightings[0]).not.toHaveProperty('samples');
  });

  it('are of every field that GraphQL was asked for', () => {
    const graphql = { 'graphql.document': '{ a b }', 'graphql.operation.type': 'query' };
    const spans = [{ kind: 1, attributes: { ...graphql, 'http.response.body': 'secret' } }];
    const found = { responses: { judged: 1, found: { secret: 1 } } };
    expect(samplesOf(spans)).toEqual([found, found]);
  });

  it('that are not judged, though they are shown, are not counted', () => {
    const spans = [server({ ...GET, 'http.response.body': 'secret' })];
    expect(samplesOf(spans, 'protobuf', () => undefined)).toEqual([undefined]);
  });

  it('take no room from what must be known', () => {
    const long = 'x'.repeat(100_000);
    const bodies = { 'http.request.body': long, 'http.response.body': long };
    const more = { 'rpc.request.body': long, 'rpc.response.body': long, 'messaging.payload': long };
    const decoder = newDecoder({}, { judge: () => [] });
    const body = encode('json', [of('orders', server({ ...bodies, ...more, ...GET }))]);
    expect(decoder.take(body, 'json', NOW).counts).toEqual([]);
    expect(decoder.flush(NOW).sightings).toMatchObject([{ path: '/orders/7' }]);
  });

  it('are left where they are, where nobody may look at them', () => {
    const secret = randomBytes(20).toString('hex');
    const attributes = { ...GET, 'http.request.body': secret, 'http.response.body': 7 };
    const fields = new Fields();
    const seen: boolean[] = [];
    new ProtobufReader(fields, {
      onResource: () => undefined,
      onSpan: (span) => void seen.push(span.has(ROLE.requestBody), span.wrongTypes > 0),
    }).read(toProtobufRequest([of('orders', server(attributes))]));
    expect(seen).toEqual([false, false]);
    for (const encoding of ENCODINGS) {
      const decoder = newDecoder();
      const body = encode(encoding, [of('orders', server(attributes))]);
      expect(decoder.take(body, encoding, NOW).counts).toEqual([]);
      const flushed = JSON.stringify(decoder.flush(NOW));
      expect(flushed).not.toContain(secret);
      expect(flushed).not.toContain('samples');
    }
  });

  it('are the same in protobuf and JSON, whatever they are', () => {
    const value = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.string({ maxLength: 30 }).map((text) => Buffer.from(text)),
      fc.nat(),
      fc.boolean(),
    );
    const keys = fc.constantFrom('http.request.body', 'http.response.body.content', 'url.query');
    fc.assert(
      fc.property(fc.dictionary(keys, value), (attributes) => {
        const { 'url.query': query, ...bodies } = attributes;
        const asked = typeof query === 'string' ? { ...bodies, 'url.query': query } : bodies;
        const spans = [server({ ...GET, ...asked })];
        expect(samplesOf(spans, 'json')).toEqual(samplesOf(spans, 'protobuf'));
      }),
    );
  });
});
