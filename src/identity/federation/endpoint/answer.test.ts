import { describe, expect, it } from 'vitest';
import { parseBundle } from '../../spiffe/index.ts';
import { TestDomain } from '../testing/domain.ts';
import { answerTo, documentWriter } from './answer.ts';

const domain = new TestDomain('example.org');
const { bundle } = domain;
const write = documentWriter();
const ask = (said: Partial<Parameters<typeof answerTo>[0]> = {}, of = bundle) =>
  answerTo(
    { method: 'GET', target: '/bundle', ifNoneMatch: undefined, ...said },
    '/bundle',
    of,
    write,
  );
const etag = ask().headers.etag ?? '';

describe('a request for the bundle', () => {
  it('gets the whole of it, with its sequence number and how often to ask', () => {
    const { status, headers, body } = ask();
    expect(status).toBe(200);
    expect(headers).toEqual({
      'content-type': 'application/json',
      'cache-control': 'no-cache',
      etag: expect.stringMatching(/^"[\w-]{43}"$/),
    });
    expect(JSON.parse(String(body))).toMatchObject({
      spiffe_sequence: 1,
      spiffe_refresh_hint: 300,
    });
    expect(parseBundle('example.org', body).bundle).toEqual(bundle);
  });

  it.each<[string, Parameters<typeof ask>[0], number]>([
    ['for its headers alone', { method: 'HEAD' }, 200],
    ['with a query', { target: '/bundle?now' }, 200],
    ['of somebody who has it', { ifNoneMatch: etag }, 304],
    ['of somebody who has it among others', { ifNoneMatch: `"a", W/${etag}` }, 304],
    ['of somebody who has any', { ifNoneMatch: '*' }, 304],
    ['of somebody who has another', { ifNoneMatch: '"a"' }, 200],
    ['of another path', { target: '/bundle/' }, 404],
    ['of a path above', { target: '/' }, 404],
    ['of a path that is written otherwise', { target: '/%62undle' }, 404],
    ['of a whole address', { target: 'https://example.org/bundle' }, 404],
    ['of everything', { method: 'OPTIONS', target: '*' }, 404],
    ['to change it', { method: 'PUT' }, 405],
    ['to add to it', { method: 'POST' }, 405],
    ['to delete it', { method: 'DELETE' }, 405],
  ])('%s is answered', (_, said, status) => {
    expect(ask(said).status).toBe(status);
  });

  it('is not answered with an empty bundle, which would end all trust', () => {
    const empty = { ...bundle, x509Authorities: [], jwtAuthorities: [] };
    expect(ask({}, empty)).toMatchObject({ status: 503, headers: { 'retry-after': '10' } });
  });

  it('says which methods there are, where another is used', () => {
    expect(ask({ method: 'POST' }).headers.allow).toBe('GET, HEAD');
  });

  it('gets another tag when the bundle has changed', () => {
    domain.publish();
    expect(ask({ ifNoneMatch: etag }, domain.bundle).status).toBe(200);
  });
});
