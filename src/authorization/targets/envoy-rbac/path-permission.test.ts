import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  matchesExactly,
  matchesLoosely,
  type PathPattern,
  parsePattern,
  toWirePath,
} from '../../operations/index.ts';
import { CANONICAL, pathPermission } from './path-permission.ts';
import { allOf, type Permission } from './rbac.ts';
import { permits } from './testing/evaluate.ts';

const patternOf = (text: string): PathPattern => {
  const pattern = parsePattern(text);
  if (!pattern) throw new Error(`${text} is no pattern`);
  return pattern;
};
const isMet = (permission: Permission, path: string) =>
  permits(permission, { principal: undefined, method: 'GET', path });
const isCanonical = (path: string) => isMet(allOf(CANONICAL), path);

/** Something unreserved is percent-encoded, which a regular expression would have to decode. */
const HAS_NEEDLESS_ENCODING = /%(?:2[DdEe]|3[0-9]|4[1-9A-Fa-f]|5[0-9AaFf]|6[1-9A-Fa-f]|7[0-9AaEe])/;

const encodedByte = fc
  .integer({ min: 0, max: 255 })
  .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
  .chain((text) => fc.constantFrom(text, text.toUpperCase()));
const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('orders', 'ORDERS', 'export', 'a', 'k', 'Å', '.', '..', '/'),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('é', 'É', 'ß', 'K', 'x y', ':', '-', '.json')
      .map(encodeURIComponent),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(';', '\\', '#', '%', '%25', '%2f', '|', '"', '?x=/', '\u00e9'),
  },
  { weight: 1, arbitrary: encodedByte },
  { weight: 1, arbitrary: fc.string({ unit: 'binary-ascii', maxLength: 3 }) },
);
const rawPath = fc
  .array(fc.array(piece, { maxLength: 3 }), { maxLength: 5 })
  .map((segments) => `/${segments.map((pieces) => pieces.join('')).join('/')}`);
const literal = fc.constantFrom(
  'orders',
  'Export',
  'a',
  'k',
  'é',
  'Å',
  'x:y',
  'a.json',
  'ß',
  'x y',
);
const patternText = fc
  .tuple(
    fc.array(
      fc.oneof(literal, fc.constantFrom('{id}', '*', '{a}-{b}', '{a}.json', 'k{a}é', '{a}9')),
      {
        maxLength: 4,
      },
    ),
    fc.constantFrom('', '/**', '/{rest...}'),
  )
  .map(([segments, rest]) => `/${segments.join('/')}${rest}`.replace(/^\/\//, '/'))
  .filter((text) => parsePattern(text) !== undefined);

/** Paths near a pattern, so that many of them match. */
const pathNear = (text: string) =>
  fc
    .array(fc.tuple(fc.constantFrom('as it is', 'upper', 'encoded', 'other'), piece), {
      minLength: 8,
      maxLength: 8,
    })
    .map((changes) => {
      const segments = text.slice(1).split('/');
      return `/${segments
        .map((segment, at) => {
          const [change, other] = changes[at] ?? ['as it is', 'x'];
          const filled = segment
            .replace(/\{[^}]*\}|\*+/g, () => (change === 'other' ? other : 'Value-9'))
            .replace(/[^\u0021-\u007e]/gu, encodeURIComponent);
          if (change === 'upper')
            return filled.replace(/[a-z]+(?![^%]*%)/g, (s) => s.toUpperCase());
          if (change === 'encoded') return filled.replace('k', '%E2%84%AA').replace(':', '%3a');
          return filled;
        })
        .join('/')}`;
    });

describe('a path as Envoy compares it', () => {
  it.each([
    ['/', '/'],
    ['/orders', '/orders', '/orders/'],
    ['/orders/{id}', '/orders/7', '/orders/7/', '/orders/a%20b', '/orders/%C3%A9', '/orders/...'],
    ['/orders/{id}/items', '/orders/7/items'],
    ['/v1/**', '/v1', '/v1/', '/v1/a', '/v1/a/b/'],
    ['/files/{path...}', '/files/a', '/files/a/b'],
    ['/**', '/', '/a', '/a/b'],
    ['/{from}-{to}.json', '/a-b.json', '/a-b-c.json'],
    ['/café', '/caf%C3%A9', '/caf%c3%a9/'],
  ])('%s is let in as %s and so on', (text, ...paths) => {
    const permission = pathPermission(patternOf(text), 'exact');
    for (const path of paths)
      expect([path, isMet(permission as Permission, path)]).toEqual([path, true]);
  });

  it.each([
    ...['/a/../b', '/a/./b', '/a/..', '/./a', '/a//b', '//a', '/a//', '/a/%2e%2e/b', '/%2E/a'],
    ...['/a;x', '/a\\b', '/a%2fb', '/a%5Cb', '/a%00', '/a%', '/a%zz', '/a%2', '/%C3', '/%C0%AF'],
    ...['/%E0%80%80', '/%ED%A0%80', '/%F4%90%80%80', '/%252e', '/a%41', '/é', '/a b', '/a\n', 'a'],
  ])('%s is not canonical', (path) => {
    expect(isCanonical(path)).toBe(false);
  });

  it('is canonical just where it is taken, and nothing is encoded without need', () => {
    fc.assert(
      fc.property(rawPath, (path) => {
        fc.pre(!path.includes('#') && !path.includes('?'));
        const isTaken = typeof toWirePath(path) === 'string' && !HAS_NEEDLESS_ENCODING.test(path);
        expect(isCanonical(path)).toBe(isTaken);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['exact', matchesExactly],
    ['folded', matchesLoosely],
  ] as const)('matches patterns as they are, %s', (by, matches) => {
    const both = patternText.chain((text) =>
      fc.tuple(fc.constant(text), fc.oneof(pathNear(text), rawPath)),
    );
    let matched = 0;
    fc.assert(
      fc.property(both, ([text, path]) => {
        fc.pre(!path.includes('#') && !path.includes('?'));
        const pattern = patternOf(text);
        const permission = pathPermission(pattern, by);
        const wire = toWirePath(path);
        fc.pre(typeof wire === 'string' && !HAS_NEEDLESS_ENCODING.test(path));
        const isMatch = matches(pattern, wire as string);
        if (isMatch) matched++;
        expect(isMet(permission as Permission, path)).toBe(isMatch);
      }),
      { numRuns: 5_000 },
    );
    expect(matched).toBeGreaterThan(500);
  });

  it('is compared in parts where one regular expression would be too much', () => {
    const text = `/${Array.from({ length: 5 }, (_, at) => `numbered-${at}/{id${at}}`).join('/')}`;
    const permission = pathPermission(patternOf(text), 'exact') as Permission;
    const path = text.replace(/\{[^}]*\}/g, 'x');
    expect('and_rules' in permission).toBe(true);
    expect(isMet(permission, path)).toBe(true);
    for (let at = 0; at < 5; at++) {
      expect(isMet(permission, path.replace(`numbered-${at}`, 'numbered-x'))).toBe(false);
    }
    expect(isMet(permission, `${path}/x`)).toBe(false);
    expect(isMet(permission, path.slice(0, -2))).toBe(false);
  });

  it('that is too much for any regular expression cannot be said', () => {
    const long = 'x'.repeat(100);
    expect(pathPermission(patternOf(`/${long}`), 'exact')).toBeDefined();
    expect(pathPermission(patternOf(`/${long}`), 'folded')).toBeUndefined();
    expect(pathPermission(patternOf(`/{id}/${long}`), 'exact')).toBeUndefined();
    expect(pathPermission(patternOf(`${'/{id}'.repeat(40)}/**`), 'exact')).toBeUndefined();
  });
});
