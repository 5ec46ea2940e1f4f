import { describe, expect, it } from 'vitest';
import type { SpanFields } from './testing/encode.ts';
import { countsOf, encode, NOW, newDecoder, of, said, saidCall, take } from './testing/take.ts';

const server: SpanFields = {
  kind: 2,
  attributes: { 'http.request.method': 'GET', 'http.route': '/x' },
};

function client(call: number, host = 'db'): SpanFields {
  const spanId = (call + 1).toString(16).padStart(16, '0');
  return { kind: 3, spanId, attributes: { 'server.address': host } };
}

describe('what comes in', () => {
  it('holds so many services, whatever names are sent, and the sender hears of it', () => {
    const decoder = newDecoder({ maxParties: 10 });
    const names = Array.from({ length: 1_000 }, (_, index) => of(`flood-${index}`, server));
    const taken = take(decoder, NOW, ...names);
    expect(countsOf(taken)).toEqual({ 'too many services': 990 });
    expect(taken).toMatchObject({
      rejectedSpans: 990,
      reasons: [expect.stringMatching(/maxParties/)],
    });
    expect(decoder.flush(NOW).sightings).toHaveLength(10);
    expect(take(decoder, NOW, of('flood-3', server)).rejectedSpans).toBe(0);
  });

  it('takes further services after an hour', () => {
    const decoder = newDecoder({ maxParties: 1 });
    take(decoder, NOW, of('a', server), of('b', server));
    take(decoder, NOW + 3_600_000, of('c', server));
    take(decoder, NOW + 3_700_000, of('d', server));
    expect(decoder.flush(NOW + 3_700_000).sightings.map(said)).toEqual([
      'a: GET /x 0 x1',
      'c: GET /x 0 x1',
    ]);
  });

  it('holds so many hosts, and tells how many calls lost theirs', () => {
    const decoder = newDecoder({ maxParties: 10, maxHalves: 5_000 });
    const calls = Array.from({ length: 1_000 }, (_, call) => client(call, `host-${call}`));
    take(decoder, NOW, of('web', ...calls));
    const told = decoder.flush(NOW + 31_000).calls.map(saidCall);
    expect(told.length).toBeGreaterThanOrEqual(10);
    expect(told.length).toBeLessThanOrEqual(20);
    expect(told).toContain('web -> host-999 *');
    const { counts } = take(decoder, NOW + 31_000, of('web'));
    expect(counts).toEqual([{ reason: 'host forgotten', count: 1_000 - told.length }]);
  });

  it('holds so many halves, and tells what went', () => {
    const decoder = newDecoder({ maxHalves: 100 });
    const calls = Array.from({ length: 1_000 }, (_, call) => client(call));
    expect(countsOf(take(decoder, NOW, of('web', ...calls)))).toEqual({ 'caller pushed out': 900 });
    expect(decoder.waitingCount).toBe(100);
    const answers = Array.from({ length: 150 }, (_, call) => ({
      ...server,
      parentSpanId: `f${(call + 1).toString(16).padStart(15, '0')}`,
    }));
    expect(countsOf(take(decoder, NOW, of('orders', ...answers)))).toEqual({
      'caller pushed out': 100,
      'called side pushed out': 50,
    });
  });

  it('goes on counting when there are more paths than are remembered, and loses none', () => {
    const decoder = newDecoder();
    let count = 0;
    for (let batch = 0; batch < 150; batch++) {
      const paths = Array.from({ length: 1_000 }, (_, index) => ({
        ...server,
        attributes: {
          'http.request.method': 'GET',
          'url.path': `/flood/${batch * 1_000 + index}`,
          'http.response.status_code': 404,
        },
      }));
      take(decoder, NOW, of('orders', ...paths));
      if (batch % 10 === 9) count += decoder.flush(NOW).sightings.length;
    }
    expect(count).toBe(150_000);
  });

  it('forgets the operation of a call rather than the call', () => {
    const decoder = newDecoder({ maxHalves: 200_000 });
    const CALL = 'e'.repeat(16);
    take(decoder, NOW, of('orders', { ...server, parentSpanId: CALL }));
    for (let batch = 0; batch < 140; batch++) {
      const paths = Array.from({ length: 1_000 }, (_, index) => ({
        ...server,
        attributes: { 'http.method': 'GET', 'url.path': `/${batch}/${index}` },
      }));
      take(decoder, NOW, of('orders', ...paths));
    }
    take(decoder, NOW, of('web', { kind: 3, spanId: CALL }));
    expect(decoder.flush(NOW).calls.map(saidCall)).toEqual(['web -> orders *']);
    expect(countsOf(take(decoder, NOW))).toEqual({ 'operation forgotten': 1 });
  });

  it('parses so many new GraphQL documents a second', () => {
    const decoder = newDecoder();
    const asked = Array.from({ length: 600 }, (_, index) => ({
      kind: 1,
      attributes: { 'graphql.document': `{ f${index} }`, 'graphql.operation.type': 'query' },
    }));
    expect(countsOf(take(decoder, NOW, of('orders', ...asked)))).toEqual({
      'too many GraphQL documents': 100,
    });
    expect(countsOf(take(decoder, NOW + 1_000, of('orders', ...asked)))).toEqual({});
    expect(decoder.flush(NOW).sightings).toHaveLength(600);
  });

  it.each(['protobuf', 'json'] as const)('counts attributes of a wrong type, in %s', (encoding) => {
    const attributes = {
      'http.request.method': 1,
      'http.route': true,
      'url.path': 0.5,
      'http.response.status_code': 'none',
      'server.port': true,
    };
    const body = encode(encoding, [of('orders', { kind: 2, attributes })]);
    const decoder = newDecoder();
    expect(countsOf(decoder.take(body, encoding, NOW))).toEqual({
      'attribute of a wrong type': 5,
      'no operation': 1,
    });
  });

  it('has room for one attribute a thousand times', () => {
    const value = { stringValue: 'x'.repeat(20_000) };
    const attributes = Array.from({ length: 1_000 }, () => ({ key: 'url.path', value }));
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), kind: 2, attributes };
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] };
    const body = { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] };
    const taken = newDecoder().take(Buffer.from(JSON.stringify(body)), 'json', NOW);
    expect(taken.spanCount).toBe(1);
  });
});
