import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sighting } from '../../estate/index.ts';
import { graphqlFieldsOf, HarDecoder } from './index.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

function read(har: unknown, options: { maxEntryBytes?: number; cut?: number } = {}) {
  const sightings: Sighting[] = [];
  const drops: [string, number][] = [];
  const decoder = new HarDecoder(
    { clock: () => NOW, maxEntryBytes: options.maxEntryBytes ?? 100_000 },
    {
      take: (sighting) => void sightings.push(sighting),
      drop: (reason, line) => void drops.push([reason, line]),
    },
  );
  const bytes = Buffer.from(typeof har === 'string' ? har : JSON.stringify(har));
  const cut = options.cut ?? 1_000;
  for (let at = 0; at < bytes.length; at += cut) decoder.push(bytes.subarray(at, at + cut));
  return { sightings, drops, problem: decoder.end() };
}

function archive(...entries: unknown[]) {
  return {
    log: { version: '1.2', creator: { name: 'browser', version: '1' }, pages: [], entries },
  };
}

function entry(request: object = {}, response: object = {}) {
  return {
    startedDateTime: '2026-11-22T03:25:12.345Z',
    time: 12,
    request: {
      method: 'GET',
      url: 'https://shop.example/orders/17?page=2',
      httpVersion: 'http/2.0',
      headers: [{ name: ':authority', value: 'shop.example' }],
      queryString: [{ name: 'page', value: '2' }],
      ...request,
    },
    response: { status: 200, content: { size: 2, text: '{}' }, ...response },
  };
}

describe('an HTTP archive', () => {
  it('gives a sighting for each entry', () => {
    const { sightings, drops, problem } = read(
      archive(entry(), entry({ method: 'POST' }, { status: 422 })),
    );
    expect(sightings[0]).toEqual({
      service: { key: 'address /shop.example:', subject: { by: 'address', host: 'shop.example' } },
      protocol: 'http',
      method: 'GET',
      path: '/orders/17',
      status: 200,
      count: 1,
      firstAt: Date.UTC(2026, 10, 22, 3, 25, 12, 345),
      lastAt: Date.UTC(2026, 10, 22, 3, 25, 12, 345),
      credential: 'none',
      parameters: ['page'],
    });
    expect(sightings[1]).toMatchObject({ method: 'POST', status: 422 });
    expect([drops, problem]).toEqual([[], undefined]);
  });

  it.each([
    ['authorization', () => `Bearer ${randomBytes(12).toString('hex')}`, 'token'],
    ['Authorization', () => `basic ${randomBytes(12).toString('base64')}`, 'basic'],
    ['X-Api-Key', () => randomBytes(12).toString('hex'), 'api-key'],
    ['Cookie', () => `session=${randomBytes(12).toString('hex')}`, 'cookie'],
    ['accept', () => '*/*', 'none'],
  ])('tells that %s was sent, and nothing of its value', (name, value, want) => {
    const secret = value();
    const { sightings } = read(archive(entry({ headers: [{ name, value: secret }] })));
    expect(sightings[0]?.credential).toBe(want);
    expect(JSON.stringify(sightings)).not.toContain(secret);
  });

  it.each([
    [entry({ url: 'data:image/png;base64,AAAA' }), 'no request to a server'],
    [entry({ url: 'chrome-extension://abc/x.js' }), 'no request to a server'],
    [entry({}, { status: 0 }), 'never answered'],
    [entry({ method: 'OPTIONS' }), 'preflight'],
    [entry({ url: undefined }), 'malformed entry'],
    [{}, 'malformed entry'],
    [[], 'malformed entry'],
  ])('passes over %j', (one, reason) => {
    expect(read(archive(one))).toMatchObject({ sightings: [], drops: [[reason, 1]] });
  });

  it('gives one sighting for each field that GraphQL is asked for', () => {
    const query =
      'query Page($id: ID!) { order(id: $id) { id } ...More __typename } fragment More on Query { me { name } }';
    const text = JSON.stringify({ operationName: 'Page', query, variables: { id: '17' } });
    const { sightings } = read(
      archive(
        entry({
          method: 'POST',
          url: 'https://shop.example/graphql',
          postData: { mimeType: 'application/json', text },
        }),
      ),
    );
    expect(sightings.map(({ protocol, method, path }) => `${protocol} ${method} ${path}`)).toEqual([
      'graphql QUERY order',
      'graphql QUERY me',
    ]);
  });

  it('finds GraphQL in the query of an address', () => {
    const { sightings } = read(
      archive(
        entry({
          url: 'https://shop.example/graphql?query=x',
          queryString: [{ name: 'query', value: '{ me { id } }' }],
        }),
      ),
    );
    expect(sightings).toMatchObject([{ protocol: 'graphql', method: 'QUERY', path: 'me' }]);
    expect(sightings[0]).not.toHaveProperty('parameters');
  });

  it('that is broken off gives what came before, and says where it ends', () => {
    const text = JSON.stringify(archive(entry(), entry()), null, 1);
    const { sightings, problem } = read(text.slice(0, -60));
    expect(sightings).toHaveLength(1);
    expect(problem).toEqual({
      message: 'ends in the middle of the document',
      line: expect.any(Number),
      column: expect.any(Number),
    });
  });

  it('of something else says what it holds not', () => {
    expect(read('{"log":{}}').problem).toEqual({
      message: 'holds no list `log.entries`',
      line: 1,
      column: 1,
    });
  });

  it('loses only the entry that is malformed or too large', () => {
    const good = JSON.stringify(entry());
    const text = `{"log":{"entries":[\n{"request":tru},\n${good},\n{"a":"${'x'.repeat(5_000)}"},\n${good}]}}`;
    const { sightings, drops } = read(text, { maxEntryBytes: 1_000 });
    expect(sightings).toHaveLength(2);
    expect(drops).toEqual([
      ['malformed entry', 2],
      ['entry too large', 4],
    ]);
  });

  it('of any values gives sightings and counted drops', () => {
    const anything = fc.jsonValue({ maxDepth: 3 });
    const one = fc.record({
      startedDateTime: anything,
      request: fc.record({
        method: fc.oneof(fc.constant('GET'), anything),
        url: fc.oneof(fc.webUrl(), anything),
        headers: anything,
        postData: anything,
        queryString: anything,
      }),
      response: fc.oneof(fc.constant({ status: 200 }), anything),
    });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(one, anything), { maxLength: 4 }),
        fc.integer({ min: 1, max: 80 }),
        (entries, cut) => {
          const { sightings, drops, problem } = read(archive(...entries), { cut });
          const found = entries.filter((item) => typeof item === 'object' && item !== null).length;
          expect(sightings.length + drops.length).toBe(found);
          expect(problem).toBeUndefined();
        },
      ),
    );
  });
});

describe('the fields that a body asks GraphQL for', () => {
  it.each<[string, string, string, string[] | undefined]>([
    ['an anonymous query', '{"query":"{ a { x } b }"}', 'application/json', ['QUERY a', 'QUERY b']],
    [
      'the operation that is named',
      '{"query":"query A { a } mutation B { b }","operationName":"B"}',
      'application/json',
      ['MUTATION b'],
    ],
    ['aliases, by their fields', '{"query":"{ x: a y: a }"}', 'application/json', ['QUERY a']],
    [
      'several requests at once',
      '[{"query":"{ a }"},{"query":"subscription { b }"}]',
      'application/json',
      ['QUERY a', 'SUBSCRIPTION b'],
    ],
    ['a document alone', 'mutation { pay(x: 1) { id } }', 'application/graphql', ['MUTATION pay']],
    ['introspection', '{"query":"{ __schema { types { name } } }"}', 'application/json', []],
    [
      'fragments in a circle',
      '{"query":"{ ...A } fragment A on Query { ...B a } fragment B on Query { ...A b }"}',
      'application/json',
      ['QUERY b', 'QUERY a'],
    ],
    ['a search that is no GraphQL', '{"query":"red shoes"}', 'application/json', undefined],
    [
      'a persisted query',
      '{"extensions":{"persistedQuery":{"sha256Hash":"x"}}}',
      'application/json',
      undefined,
    ],
    ['a form', 'query=%7B', 'application/x-www-form-urlencoded', undefined],
    ['JSON that is cut off', '{"query":"{ a }', 'application/json', undefined],
  ])('of %s', (_, body, mimeType, want) => {
    expect(
      graphqlFieldsOf(body, mimeType)?.map(({ method, field }) => `${method} ${field}`),
    ).toEqual(want);
  });

  it('are looked for in any text without a throw', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('application/json', 'application/graphql', ''),
        (text, mimeType) => {
          graphqlFieldsOf(text, mimeType);
          graphqlFieldsOf(JSON.stringify({ query: text }), mimeType);
          graphqlFieldsOf(`{${text}}`, 'application/graphql');
        },
      ),
    );
  });
});
