import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, toWireMethod, toWirePath } from './index.ts';

const codeOf = (taken: ReturnType<typeof toWirePath>): string =>
  typeof taken === 'string' ? `taken as ${taken}` : taken.code;

describe('a path as it was sent', () => {
  it.each([
    ['/', '/'],
    ['/orders/17', '/orders/17'],
    ['/orders/', '/orders'],
    ['/orders?a=/../b;c', '/orders'],
    ['/orders/?', '/orders'],
    ['/%6Frders/%7Eme', '/orders/~me'],
    ['/caf%c3%a9', '/caf%C3%A9'],
    ['/a%3Bb', '/a%3Bb'],
    ['/100%25', '/100%25'],
    ['/...', '/...'],
    ['/.well-known', '/.well-known'],
    ["/a:b@c!$&'()*+,=", "/a:b@c!$&'()*+,="],
    ['/a|b"{}', '/a|b"{}'],
  ])('%s is taken as %s', (raw, path) => {
    expect(toWirePath(raw)).toBe(path);
  });

  it.each([
    ['', 'path-relative'],
    ['*', 'path-relative'],
    ['orders', 'path-relative'],
    ['http://payments/orders', 'path-relative'],
    ['//orders', 'path-empty-segment'],
    ['/orders//17', 'path-empty-segment'],
    ['/orders//', 'path-empty-segment'],
    ['/a/../b', 'path-dot-segment'],
    ['/a/..', 'path-dot-segment'],
    ['/./b', 'path-dot-segment'],
    ['/a/%2e%2E/b', 'path-dot-segment'],
    ['/a/.%2e', 'path-dot-segment'],
    ['/a%2Fb', 'path-smuggled-separator'],
    ['/a%5cb', 'path-smuggled-separator'],
    ['/a%00', 'path-smuggled-separator'],
    ['/a\\b', 'path-reserved-character'],
    ['/a;x=1/b', 'path-reserved-character'],
    ['/a#b', 'path-reserved-character'],
    ['/a b', 'path-raw-character'],
    ['/a\tb', 'path-raw-character'],
    ['/a\u0000', 'path-raw-character'],
    ['/a\u007f', 'path-raw-character'],
    ['/café', 'path-raw-character'],
    ['/a\u2215b', 'path-raw-character'],
    ['/\ud800', 'path-raw-character'],
    ['/a%', 'path-broken-encoding'],
    ['/a%2', 'path-broken-encoding'],
    ['/a%zz', 'path-broken-encoding'],
    ['/%%32%35', 'path-broken-encoding'],
    ['/a%252Fb', 'path-encoded-twice'],
    ['/%25%32%65', 'path-encoded-twice'],
    ['/%c0%ae%c0%ae/', 'path-not-utf8'],
    ['/%ff', 'path-not-utf8'],
    ['/%ed%a0%80', 'path-not-utf8'],
    [`/${'a'.repeat(8_192)}`, 'path-too-long'],
    ['/a'.repeat(257), 'path-too-deep'],
  ])('%s is refused: %s', (raw, code) => {
    expect(codeOf(toWirePath(raw))).toBe(code);
  });

  it('is taken up to its bounds, whatever the query', () => {
    expect(toWirePath(`/${'a'.repeat(8_191)}?${'q'.repeat(10_000)}`)).toHaveLength(8_192);
    expect(toWirePath('/a'.repeat(256))).toHaveLength(512);
    expect(toWirePath(`${'/a'.repeat(256)}/`)).toHaveLength(512);
  });

  it('is, once taken, taken as it is; and smuggles nothing, decoded once or twice', () => {
    const pieces = fc.constantFrom(
      ...[
        '/',
        '.',
        '%2e',
        '%2E',
        '%2f',
        '%25',
        '2',
        'e',
        'f',
        'F',
        '%',
        'a',
        'B',
        ';',
        '\\',
        '%5C',
      ],
      ...['%c3%a9', '%C0', '%AF', 'é', '?', '#', '%3f', '%32', '%65', '%00', '~', '%7E', ' '],
    );
    const raw = fc.oneof(
      fc.array(pieces, { maxLength: 10 }).map((all) => `/${all.join('')}`),
      fc
        .array(fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0xffff })))
        .map((codes) => `/${String.fromCharCode(...codes)}`),
    );
    fc.assert(
      fc.property(raw, (text) => {
        const taken = toWirePath(text);
        if (typeof taken !== 'string') return;
        expect(toWirePath(taken)).toBe(taken);
        const decoded = decodeURIComponent(taken);
        expect(decoded.split('/')).toHaveLength(taken.split('/').length);
        const segments = decoded.slice(1).split('/');
        expect(segments).not.toContain('.');
        expect(segments).not.toContain('..');
        expect(decoded.includes('\\') || decoded.includes('\u0000')).toBe(false);
        expect(decoded).not.toMatch(/%(?:2[EeFf]|5[Cc]|00)/);
        expect(fold(taken).split('/')).toHaveLength(taken.split('/').length);
      }),
      { numRuns: 600 },
    );
  });
});

describe('a method as it was sent', () => {
  it.each(['GET', 'PATCH', 'M-SEARCH', 'X_1'])('%s is taken', (method) => {
    expect(toWireMethod(method)).toBe(method);
  });

  it.each(['get', 'Get', '', '*', 'GET ', 'GÈT', '-GET', '1', 'G'.repeat(33)])(
    '%j is refused',
    (method) => {
      expect(toWireMethod(method)).toMatchObject({ code: 'method-malformed' });
    },
  );
});
