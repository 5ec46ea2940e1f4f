import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PayloadSample, toParty } from '../../estate/index.ts';
import { classifyValues } from './classify-values.ts';
import { isData, readPayload } from './payload.ts';

const operation = {
  service: toParty({ by: 'name', name: 'orders' }),
  method: 'POST',
  path: '/orders',
};
const body = (content: string | Uint8Array, mediaType?: string): PayloadSample => ({
  ...{ operation, part: 'requests', content, form: 'body' },
  mediaType,
});
const query = (content: string): PayloadSample => ({ ...body(content), form: 'query' });
const base64 = (content: string | Uint8Array): PayloadSample => ({
  ...body(Buffer.from(content).toString('base64')),
  form: 'base64',
});
const kindsIn = (sample: PayloadSample, maxBytes = 10_000) =>
  classifyValues(readPayload(sample, maxBytes));

const PERSON = JSON.stringify({ id: 7, user: { email: 'ada@example.org' } });
const LONG = JSON.stringify({ email: 'ada@example.org', items: Array(5_000).fill('lamp') });
const CARD = '4111111111111111';
const PARTS = [
  '--x1',
  'Content-Disposition: form-data; name="cardNumber"',
  '',
  CARD,
  '--x1',
  'Content-Disposition: form-data; name="photo"; filename="ada@example.org.png"',
  '',
  'ada@example.org',
  '--x1--',
].join('\r\n');

describe('a payload', () => {
  it.each<[what: string, sample: PayloadSample, kinds: string[]]>([
    ['JSON', body(PERSON, 'application/json'), ['email']],
    ['JSON of a media type of its own', body(PERSON, 'application/vnd.shop+json'), ['email']],
    ['JSON that is called a page', body(PERSON, 'text/plain; charset=utf-8'), ['email']],
    ['JSON without a media type', body(PERSON), ['email']],
    ['JSON in bytes', body(Buffer.from(PERSON)), ['email']],
    [
      'JSON in bytes that lie inside others',
      body(Buffer.from(`xx${PERSON}`).subarray(2)),
      ['email'],
    ],
    ['JSON in base64', base64(PERSON), ['email']],
    ['JSON that is cut off', body(`{"cardNumber": ${CARD}, "name": "A`), ['card']],
    ['JSON that is longer than is read', body(LONG), ['email']],
    ['JSON a line', body(`${PERSON}\n${PERSON}`, 'application/x-ndjson'), ['email']],
    ['a text of JSON', body('"ada@example.org"', 'application/json'), ['email']],
    ['a form', body(`card=${CARD}`, 'application/x-www-form-urlencoded'), ['card']],
    ['a form without a media type', body('mail=ada%40example.org&x=1'), ['email']],
    ['the fields of a form in parts', body(PARTS, 'multipart/form-data; boundary=x1'), ['card']],
    ['XML', body(`<a:pay><cardNumber type="visa">${CARD}</cardNumber></a:pay>`), ['card']],
    ['a table', body('name,mail\nAda,ada@example.org\n', 'text/csv'), ['email']],
    ['a query', query('q=1&to=ada%40example.org'), ['email']],
    ['a query with names that say what they are', query(`ssn=219-09-9999&a`), ['social-security']],
    ['digits in a query, which may mean anything', query(`after=${CARD}`), []],
    ['a query that is badly encoded', query('to=ada@example.org&x=%&%='), ['email']],
    ['a page', body('<!DOCTYPE html><p>ada@example.org</p>'), []],
    ['what is packed', body(gzipSync(PERSON)), []],
    ['what is packed, in base64', base64(gzipSync(PERSON)), []],
    ['no base64', { ...base64(''), content: '%%%%' }, []],
    ['nothing', body('  '), []],
  ])('is read: %s', (_what, sample, kinds) => {
    expect(kindsIn(sample)).toEqual(kinds);
  });

  it('is read as far as is allowed', () => {
    const late = `{"items":["${'x'.repeat(500)}"],"email":"ada@example.org"}`;
    for (const sample of [body(late), body(Buffer.from(late)), base64(late)]) {
      expect(kindsIn(sample, 500)).toEqual([]);
      expect(kindsIn(sample, 600)).toEqual(['email']);
    }
  });

  it.each([
    ['application/json; charset=utf-8', true],
    ['text/plain', true],
    ['application/xml', true],
    ['application/graphql-response+json', true],
    [undefined, true],
    ['image/svg+xml', false],
    ['text/html; charset=utf-8', false],
    ['application/javascript', false],
    ['font/woff2', false],
    ['application/octet-stream', false],
    ['application/grpc+proto', false],
  ])('of %s is data: %s', (mediaType, want) => {
    expect(isData({ mediaType })).toBe(want);
  });

  it('of any bytes gives kinds, and never throws', () => {
    const starts = fc.constantFrom(
      '',
      '{',
      '{"a":"',
      '[',
      '<',
      '<a ',
      '--',
      '--b\r\n',
      'a=',
      '%',
      '"\\',
    );
    const types = fc.constantFrom(undefined, 'application/json', 'text/xml', 'multipart/form-data');
    const form = fc.constantFrom('body' as const, 'query' as const, 'base64' as const);
    fc.assert(
      fc.property(
        starts,
        fc.string({ unit: 'binary', maxLength: 300 }),
        types,
        form,
        (start, rest, type, one) => {
          const sample = { ...body(start + rest, type), form: one };
          expect(kindsIn(sample)).toBeInstanceOf(Array);
          expect(kindsIn({ ...sample, content: Buffer.from(start + rest) })).toBeInstanceOf(Array);
        },
      ),
    );
  });

  it('takes time by its length, whatever is repeated in it', () => {
    for (const piece of [
      '{',
      '["',
      '{"a":',
      '"a"',
      '\\"',
      '<a',
      '<a ',
      '--\r\n\r\n',
      'a=&',
      '%',
      '1111 ',
    ]) {
      expect(() => kindsIn(body(piece.repeat(1_000_000 / piece.length)), 1_000_000)).not.toThrow();
    }
  });
});
