import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PayloadSample, Sighting } from '../../estate/index.ts';
import { Parties } from '../requests/index.ts';
import { sightingsOf } from './entry.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const PNG = 'iVBORw0KGgo=';

function entry(request: object = {}, response: object = {}) {
  return {
    startedDateTime: '2026-11-22T03:25:12.345Z',
    request: { method: 'GET', url: 'https://shop.example/orders/17', headers: [], ...request },
    response: { status: 200, ...response },
  };
}

/** What the judge is shown, and what it makes of it: everything holds a `thing`. */
function judged(one: unknown) {
  const shown: Omit<PayloadSample, 'operation'>[] = [];
  const found = sightingsOf(one, {}, new Parties(), NOW, ({ operation: _, ...sample }) => {
    shown.push(sample);
    return ['thing'];
  });
  return { shown, sightings: found as readonly Sighting[] };
}

describe('the payloads of an entry', () => {
  it.each<[what: string, one: object, want: Partial<PayloadSample>[]]>([
    [
      'the query of an address',
      entry({ url: 'https://shop.example/orders?mail=a%40b.example&page=2#mail=c' }),
      [{ part: 'requests', content: 'mail=a%40b.example&page=2', form: 'query' }],
    ],
    [
      'what was posted',
      entry({ postData: { mimeType: 'application/json', text: '{"a":1}' } }),
      [{ part: 'requests', content: '{"a":1}', form: 'body', mediaType: 'application/json' }],
    ],
    [
      'a form that is there as fields, without its files',
      entry({
        postData: {
          mimeType: 'multipart/form-data',
          text: '',
          params: [
            { name: 'card', value: '4 1' },
            { name: 'photo', fileName: 'a.png', value: 'x' },
            { name: 'note' },
          ],
        },
      }),
      [{ part: 'requests', content: 'card=4+1&note=', form: 'query' }],
    ],
    [
      'an answer',
      entry({}, { content: { size: 2, mimeType: 'text/plain', text: 'hi' } }),
      [{ part: 'responses', content: 'hi', form: 'body', mediaType: 'text/plain' }],
    ],
    [
      'an answer in base64',
      entry({}, { content: { mimeType: 'image/png', text: PNG, encoding: 'base64' } }),
      [{ part: 'responses', content: PNG, form: 'base64', mediaType: 'image/png' }],
    ],
    [
      'an answer of no media type',
      entry({}, { content: { mimeType: '', text: 'hi' } }),
      [{ part: 'responses', content: 'hi', form: 'body', mediaType: undefined }],
    ],
    ['none', entry(), []],
  ])('are %s', (_what, one, want) => {
    expect(judged(one).shown).toEqual(want);
  });

  it('are told as counts of kinds, of every field that GraphQL was asked for', () => {
    const text = JSON.stringify({ query: '{ a b }' });
    const url = 'https://shop.example/graphql?x=1';
    const { sightings } = judged(
      entry({ method: 'POST', url, postData: { mimeType: 'application/json', text } }),
    );
    const samples = { requests: { judged: 1, found: { thing: 1 } } };
    expect(sightings).toMatchObject([
      { path: 'a', samples },
      { path: 'b', samples },
    ]);
  });

  it('are not looked at, where nobody may', () => {
    const secret = () => {
      throw new Error('somebody has looked');
    };
    const content = Object.defineProperty({ mimeType: 'application/json' }, 'text', {
      get: secret,
    });
    const params = [Object.defineProperty({ name: 'a' }, 'value', { get: secret })];
    const one = entry({ postData: { mimeType: 'x', params } }, { content });
    const [sighting] = sightingsOf(one, {}, new Parties(), NOW) as readonly Sighting[];
    expect(sighting).toMatchObject({ path: '/orders/17' });
    expect(sighting).not.toHaveProperty('samples');
    expect(() => judged(one)).toThrow('somebody has looked');
  });

  it('are found or not, whatever the entry holds', () => {
    const anything = fc.jsonValue({ maxDepth: 3 });
    const maybe = fc.record({ text: anything, params: anything, mimeType: anything });
    fc.assert(
      fc.property(fc.oneof(maybe, anything), fc.oneof(maybe, anything), (postData, content) => {
        const { shown } = judged(entry({ postData }, { content }));
        for (const sample of shown) expect(typeof sample.content).toBe('string');
      }),
    );
  });
});
