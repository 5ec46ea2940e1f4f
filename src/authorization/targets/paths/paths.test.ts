import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryTemplate } from '../../engine/testing/index.ts';
import {
  matchesExactly,
  matchesLoosely,
  type PathPattern,
  parsePattern,
  toWirePath,
} from '../../operations/index.ts';
import { type Bounds, type Demand, EMPTY, renderPaths, toPathTree } from './index.ts';

const WIDE: Bounds = {
  length: 1e6,
  size: Number.POSITIVE_INFINITY,
  suffix: EMPTY,
  joins: false,
};

function pattern(text: string): PathPattern {
  const parsed = parsePattern(text);
  if (!parsed) throw new Error(`${text} is no pattern`);
  return parsed;
}

/** Regular expressions of a rule. */
function rendered(path: string, except: readonly string[], bounds: Bounds = WIDE) {
  const demands: Demand[] = [
    { pattern: pattern(path), role: 'path' },
    ...except.map((text) => ({ pattern: pattern(text), role: 'except' }) as const),
  ];
  const tree = toPathTree({
    demands,
    labelOf: (matching) => (matching.length === 1 && matching[0] === 0 ? 'yes' : ''),
  });
  const paths = renderPaths(tree.root, 'yes', bounds);
  const regexes = paths?.regexes.map((text) => new RegExp(`^(?:${text})$`)) ?? [];
  return {
    matches: (sent: string) => regexes.filter((regex) => regex.test(sent)).length,
    texts: paths?.regexes,
    breadth: paths?.breadth,
    isBlurred: tree.blurred.size > 0,
  };
}

describe('the regular expressions of a path', () => {
  it.each<[string, string[], string[]]>([
    ['/', [], ['/']],
    ['/orders', [], ['/orders/?']],
    ['/v1.0/a+b', [], ['/v1\\.0/a\\+b/?']],
    ['/caf%C3%A9', [], ['/caf%[Cc]3%[Aa]9/?']],
  ])('%s, but for %j, are %j', (path, except, want) => {
    expect(rendered(path, except).texts).toEqual(want);
  });

  it.each<[string, string[], string[], string[]]>([
    [
      '/orders/{id}',
      ['/orders/export'],
      ['/orders/17', '/orders/e', '/orders/exports', '/orders/expor', '/orders/.x', '/orders/17/'],
      ['/orders/export', '/orders/EXPORT', '/orders/', '/orders/a/b', '/orders/..', '/Orders/17'],
    ],
    [
      '/**',
      ['/admin/{rest...}'],
      ['/', '/admin', '/a/b/c', '/administrator/x', '/Adm/x'],
      ['/admin/x', '/ADMIN/x/y', '//', '/a//b', '/a/./b', '/a/..', '/a;b', '/a%2fb', '/a%'],
    ],
    ['/{a}-{b}.json', [], ['/x-y.json', '/x-y-z.json'], ['/x-.json', '/x-y.JSON', '/xy.json']],
    ['/files/{path...}', [], ['/files/a', '/files/a/b/'], ['/files', '/files/', '/files/a//b']],
    ['/{k}', ['/k'], ['/j', '/kk'], ['/k', '/K', '/%E2%84%AA']],
    ['/{x}', ['/a:b'], ['/a', '/ab'], ['/a:b', '/A:B', '/a%3Ab', '/a%3ab']],
  ])('%s, but for %j, match %j and not %j', (path, except, matching, others) => {
    const { matches } = rendered(path, except);
    expect(matching.filter((one) => matches(one) === 0)).toEqual([]);
    expect(others.filter((one) => matches(one) > 0)).toEqual([]);
  });

  it('let in less where they would be too long, and say so', () => {
    const bounds = { ...WIDE, size: 40 };
    expect(rendered('/orders/{id}', []).breadth).toBe('utf8');
    expect(rendered('/orders/{id}', [], bounds).breadth).toBe('plain');
    expect(rendered('/orders/{id}', [], bounds).matches('/orders/a%20b')).toBe(0);
    const breadths = Array.from({ length: 120 }, (_, size) => {
      return rendered('/a/{b}/c/{d}', [], { ...WIDE, size }).breadth;
    });
    expect([...new Set(breadths)]).toEqual([undefined, 'plain', 'ascii']);
    expect(rendered('/orders/{id}', [], { ...WIDE, size: 10 }).texts).toBeUndefined();
  });

  it('leave out what stands beside parts of segments, and say so', () => {
    const { texts, isBlurred } = rendered('/orders/{id}', ['/orders/{a}-{b}']);
    expect(texts).toEqual([]);
    expect(isBlurred).toBe(true);
  });

  it.each([
    ['/orders', 17],
    ['/payments.v1.Cards/Charge', 35],
    ['/a/x%20y/caf%C3%A9', 28],
  ])('of %s count as a program of RE2 of %i, or a little more', (path, size) => {
    const suffix = { text: '(?:\\?[!-~]*)?', size: 8 };
    expect(rendered(path, [], { ...WIDE, suffix, size: size - 1 }).texts).toBeUndefined();
    expect(rendered(path, [], { ...WIDE, suffix, size: size + 3 }).texts).toBeDefined();
  });
});

const VALUES = ['17', 'a', 'A', 'aa', 'b', 'v1', 'a-b', 'x.json', 'a:b', 'a%3Ab', 'caf%C3%A9'];
const ODD = ['', '.', '..', '...', '.a', 'a%20b', '%2F', 'a;b', 'a\\b', '%', 'é', '%c0%af', '|'];
const arbitraryPath = fc
  .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...VALUES) }, fc.constantFrom(...ODD)), {
    maxLength: 4,
  })
  .map((segments) => `/${segments.join('/')}`);

describe('the regular expressions of any path', () => {
  it('match what its patterns do, each path once, or less where they say so', () => {
    fc.assert(
      fc.property(
        arbitraryTemplate(true),
        fc.array(arbitraryTemplate(false), { maxLength: 3 }),
        fc.array(arbitraryPath, { minLength: 10, maxLength: 20 }),
        (path, except, sent) => {
          const { matches, breadth, isBlurred } = rendered(path, except);
          for (const one of sent) {
            const wire = toWirePath(one);
            const want =
              typeof wire === 'string' &&
              matchesExactly(pattern(path), wire) &&
              !except.some((text) => matchesLoosely(pattern(text), wire));
            const count = matches(one);
            if (count > 1) throw new Error(`${one} is matched ${count} times`);
            if (count === 1 && !want) throw new Error(`${one} is matched`);
            const isExact = !isBlurred && breadth === 'utf8';
            if (count === 0 && want && isExact) throw new Error(`${one} is not matched`);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
