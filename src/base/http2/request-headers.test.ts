import { describe, expect, it } from 'vitest';
import { HeaderField } from './hpack/header-field.ts';
import { areTrailers, contentLength, requestHeaders } from './request-headers.ts';

const fields = (...texts: readonly string[]) =>
  texts.map((text) => {
    const at = text.indexOf(': ', 1);
    return new HeaderField(text.slice(0, at), text.slice(at + 2));
  });
const HEAD = [':method: POST', ':scheme: http', ':path: /'];

describe('the headers of a request', () => {
  it('are given by their names, several of one name joined', () => {
    const given = requestHeaders(
      fields(
        ...HEAD,
        ':authority: x',
        'te: trailers',
        'a: 1',
        'a: 2',
        'cookie: b',
        'cookie: c',
        '__proto__: d',
      ),
    );
    expect({ ...given }).toEqual({
      ':method': 'POST',
      ':scheme': 'http',
      ':path': '/',
      ':authority': 'x',
      te: 'trailers',
      a: '1, 2',
      cookie: 'b; c',
      ['__proto__']: 'd',
    });
    expect(Object.isFrozen(given)).toBe(true);
  });

  it('may be those of CONNECT', () => {
    expect(requestHeaders(fields(':method: CONNECT', ':authority: x'))).toBeDefined();
    expect(requestHeaders(fields(':method: CONNECT', ':authority: x', ':path: /'))).toBeUndefined();
  });

  it.each([
    ['no method', [':scheme: http', ':path: /']],
    ['no scheme', [':method: GET', ':path: /']],
    ['no path', [':method: GET', ':scheme: http']],
    ['an empty path', [':method: GET', ':scheme: http', ':path: ']],
    ['two methods', [...HEAD, ':method: GET']],
    ['a pseudo-header of answers', [...HEAD, ':status: 200']],
    ['a pseudo-header behind others', [':method: GET', 'a: b', ':scheme: http', ':path: /']],
    ['an upper case name', [...HEAD, 'A: b']],
    ['a name with a space', [...HEAD, 'a b: c']],
    ['an empty name', [...HEAD, ': c']],
    ['a line break', [...HEAD, 'a: b\r\nc: d']],
    ['a zero byte', [...HEAD, 'a: b\0']],
    ['white space before a value', [...HEAD, 'a:  b']],
    ['white space behind a value', [...HEAD, 'a: b\t']],
    ['a header of the connection', [...HEAD, 'connection: close']],
    ['a transfer coding', [...HEAD, 'transfer-encoding: chunked']],
    ['TE of anything but trailers', [...HEAD, 'te: gzip']],
  ])('with %s are malformed', (_, texts) => {
    expect(requestHeaders(fields(...HEAD, 'a: b'))).toBeDefined();
    expect(requestHeaders(fields(...texts))).toBeUndefined();
  });
});

describe('trailers', () => {
  it.each([
    ['nothing', [], true],
    ['ordinary headers', ['a: b'], true],
    ['pseudo-headers', [':path: /'], false],
    ['headers of the connection', ['upgrade: h2c'], false],
    ['broken values', ['a: \n'], false],
  ])('with %s', (_, texts, isTaken) => {
    expect(areTrailers(fields(...texts))).toBe(isTaken);
  });
});

it.each([
  [undefined, undefined],
  ['0', 0],
  ['12', 12],
  ['-1', Number.NaN],
  ['1, 1', Number.NaN],
  ['9'.repeat(16), Number.NaN],
])('a content-length of %j is %j', (text, length) => {
  expect(contentLength({ 'content-length': text })).toBe(length);
});
