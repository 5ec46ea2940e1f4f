import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contains,
  containsLoosely,
  isMoreSpecific,
  matchesExactly,
  matchesLoosely,
  overlaps,
  overlapsLoosely,
  type PathPattern,
  parseOperation,
  parsePattern,
  sameShape,
  toWirePath,
} from './index.ts';

function read(text: string): PathPattern {
  const pattern = parsePattern(text);
  if (!pattern) throw new Error(`${text} is no pattern`);
  return pattern;
}

describe('a pattern', () => {
  it.each([
    ['/', '/', true],
    ['/', '/a', false],
    ['/orders/{id}', '/orders/17', true],
    ['/orders/{id}', '/orders', false],
    ['/orders/{id}', '/orders/17/items', false],
    ['/orders/', '/orders', true],
    ['/orders/*', '/orders/17', true],
    ['/v1/**', '/v1', true],
    ['/v1/**', '/v1/a/b', true],
    ['/v1/**', '/v10', false],
    ['/**', '/', true],
    ['/files/{path...}', '/files/a/b', true],
    ['/files/{path...}', '/files', false],
    ['/files/{path+}', '/files/a/b', true],
    ['/files/{path*}', '/files/a/b', true],
    ['/files/{*path}', '/files/a/b', true],
    ['/files/{path:.*}', '/files/a/b', true],
    ['/files/{path:.+}', '/files/a/b', true],
    ['/files/{path:path}', '/files/a/b', true],
    ['/files/{path:path}', '/files', false],
    ['/files/{id:int}', '/files/1/b', false],
    ['/{from}-{to}', '/a-b', true],
    ['/{from}-{to}', '/a-b-c', true],
    ['/{from}-{to}', '/-b', false],
    ['/{from}-{to}', '/a-', false],
    ['/{from}-{to}.json', '/a-b.json', true],
    ['/{name}.json', '/.json', false],
    ['/{a}aa{b}aa{c}', '/1aa2aa3', true],
    ['/{a}aa{b}aa{c}', '/1aaa3', false],
    ['/v{n}', '/v12', true],
    ['/a;b', '/a%3Bb', true],
    ['/café', '/caf%C3%A9', true],
    ['/%6Frders', '/orders', true],
    ['/Orders', '/orders', false],
    ['/a:b', '/a%3Ab', false],
    ['/{a}5{b}', '/x%25y', false],
    ['/{id:[0-9]{2}}/x', '/17/x', true],
    ['/{id:[^/]+}/x', '/17/x', true],
    ['/{id:[^/]+}', '/17/x', false],
    ['/a*', '/a*', true],
    ['/a*', '/ab', false],
  ])('%s against %s: %s', (pattern, path, isMatch) => {
    expect(matchesExactly(read(pattern), path)).toBe(isMatch);
  });

  it.each([
    ['/Orders', '/orders'],
    ['/a:b', '/A%3Ab'],
    ['/café/{id}', '/CAF%C3%89/1'],
    ['/k', '/%E2%84%AA'],
    ['/{a}.JSON', '/x.json'],
  ])('%s matches %s loosely alone', (pattern, path) => {
    expect(matchesLoosely(read(pattern), path)).toBe(true);
    expect(matchesExactly(read(pattern), path)).toBe(false);
  });

  it.each([
    ...['', 'orders', '/a//b', '//', '/a/../b', '/.', '/%2e', '/a%2Fb', '/a%00', '/a\\b', '/a?b'],
    ...['/a%zz', '/{', '/}', '/{}', '/a}{b', '/**/a', '/{rest...}/a', '/x{rest...}', '/\ud800'],
    ...['/a'.repeat(257), `/${'a'.repeat(8_192)}`, '/%2541'],
  ])('is not %j', (text) => {
    expect(parsePattern(text)).toBeUndefined();
  });

  it.each([
    ['/orders/export', '/orders/{id}'],
    ['/orders/{id}', '/orders/{path...}'],
    ['/orders/{id}', '/{path...}'],
    ['/orders/{id}.json', '/orders/{id}'],
    ['/orders/a.json', '/orders/{id}.json'],
    ['/orders/a{id}.json', '/orders/{id}.json'],
    ['/orders/{id}/items', '/orders/{id}/{part}'],
    ['/a/{x...}', '/{x...}'],
  ])('%s is more specific than %s', (a, b) => {
    expect(isMoreSpecific(read(a), read(b))).toBe(true);
    expect(isMoreSpecific(read(b), read(a))).toBe(false);
  });

  it.each([
    ['/a/{x}', '/{y}/b'],
    ['/a/{x}', '/a/{y}'],
    ['/Orders', '/orders'],
    ['/orders/a', '/invoices/{id}'],
    ['/a{x}', '/{x}b'],
    ['/a', '/a/b'],
  ])('neither of %s and %s is more specific', (a, b) => {
    expect(isMoreSpecific(read(a), read(b))).toBe(false);
    expect(isMoreSpecific(read(b), read(a))).toBe(false);
  });

  it('has the shape of those that differ in names alone', () => {
    expect(sameShape(read('/a/{x}-{y}/{z...}'), read('/a/{from}-{to}/{rest...}'))).toBe(true);
    expect(sameShape(read('/a/{x}'), read('/A/{x}'))).toBe(false);
    expect(sameShape(read('/a/{x}'), read('/a/*'))).toBe(false);
  });
});

describe('an operation', () => {
  it.each([
    ['*', { kind: 'every' }],
    ['ANY /v1/**', { kind: 'http', method: '*', isRpc: false }],
    ['GET /v1/*', { kind: 'http', method: 'GET', isRpc: false }],
    ['shop.v1.Cards/Charge', { kind: 'http', method: 'POST', isRpc: true }],
    ['QUERY order', { kind: 'named', protocol: 'graphql', method: 'QUERY', name: 'order' }],
    ['PUBLISH a.b', { kind: 'named', protocol: 'event', method: 'PUBLISH', name: 'a.b' }],
  ])('%s is read', (text, operation) => {
    expect(parseOperation(text)).toMatchObject(operation);
  });

  it.each(['', 'get /a', 'GET', 'GET a', 'GET /a?b', 'GET /a//b', 'FETCH /a', '**'])(
    '%j is none',
    (text) => {
      expect(parseOperation(text)).toBeUndefined();
    },
  );
});

const SEGMENTS = ['a', 'b', 'A', 'ab', 'a-b', '{x}', 'a{x}', '{x}b', '{x}-{y}', '*', 'é', 'a:b'];
const pattern = fc
  .tuple(
    fc.array(fc.constantFrom(...SEGMENTS), { maxLength: 3 }),
    fc.constantFrom('', '', '', '/{r...}', '/**'),
  )
  .map(([segments, end]) => read(`${segments.map((one) => `/${one}`).join('')}${end}` || '/'));
/** Every path of up to three segments out of a few values that the patterns above tell apart. */
const VALUES = [
  'a',
  'b',
  'A',
  'ab',
  'aB',
  'a-b',
  'b-a',
  'x',
  'axb',
  '%C3%A9',
  '%C3%89',
  'a:b',
  'a%3Ab',
];
const PATHS = ['/', ...pathsOf(1), ...pathsOf(2), ...pathsOf(3)];

function pathsOf(length: number): string[] {
  if (length === 0) return [''];
  return pathsOf(length - 1).flatMap((path) => VALUES.map((value) => `${path}/${value}`));
}

/** Halves of surrogate pairs among them. */
const anyCharacter = fc
  .oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0xffff }))
  .map((code) => String.fromCharCode(code));

describe('patterns', () => {
  it('contain and overlap each other as the paths that they match', () => {
    fc.assert(
      fc.property(pattern, pattern, (a, b) => {
        for (const [match, contain, overlap] of [
          [matchesExactly, contains, overlaps],
          [matchesLoosely, containsLoosely, overlapsLoosely],
        ] as const) {
          const ofB = PATHS.filter((path) => match(b, path));
          const ofBoth = ofB.filter((path) => match(a, path));
          if (contain(a, b)) expect(ofBoth).toEqual(ofB);
          else if (ofB.length > 0) expectWitness(match, a, b);
          if (ofBoth.length > 0) expect(overlap(a, b)).toBe(true);
          expect(overlap(a, b)).toBe(overlap(b, a));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('match loosely whatever they match exactly', () => {
    fc.assert(
      fc.property(pattern, (one) => {
        const exact = PATHS.filter((path) => matchesExactly(one, path));
        expect(exact.filter((path) => !matchesLoosely(one, path))).toEqual([]);
      }),
    );
  });

  it('are read from any text, or not, and then match themselves', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 40 }), (text) => {
        const read = parsePattern(`/${text}`);
        if (!read) return;
        expect(parsePattern(read.text)?.shape).toBe(read.shape);
        expect(contains(read, read) && overlaps(read, read)).toBe(true);
        const path = read.text.replaceAll(/\{[^/]*?\}|\*\*/g, 'x');
        if (!/[{}]/.test(path)) expect(typeof toWirePath(path)).toBe('string');
      }),
      { numRuns: 300 },
    );
  });
});

/** A path of the narrow one that the wide one leaves out: its gaps filled with what is in no literal. */
function expectWitness(match: typeof matchesExactly, wide: PathPattern, narrow: PathPattern): void {
  const ends = { none: [''], parameter: ['/q', '/q/q/q/q'], wildcard: ['', '/q', '/q/q/q/q'] };
  const filled = narrow.segments.map((segment) => {
    if (segment.kind === 'literal') return segment.exact;
    return segment.kind === 'mixed' ? segment.exact.join('q') : 'q';
  });
  const paths = ends[narrow.rest].map((end) => `${filled.map((one) => `/${one}`).join('')}${end}`);
  const witnesses = paths.map((path) => path || '/').filter((path) => !match(wide, path));
  expect(witnesses, `${wide.text} leaves out something of ${narrow.text}`).not.toEqual([]);
}
