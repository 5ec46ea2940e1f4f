import { describe, expect, it } from 'vitest';
import type { Discovery } from './discovery.ts';
import { someDiscovered } from './testing/endpoint.ts';
import { toText } from './text.ts';

const ENDPOINT = someDiscovered({ requests: 1_234_567 });
const NONE = { endpoints: 0, requests: 0 };
const DISCOVERY: Discovery = {
  schema: 'reeve.discover/v1',
  files: 1,
  requests: 1,
  endpoints: [ENDPOINT],
  probes: NONE,
  rare: NONE,
  leftOut: [],
};
const linesOf = (change: Partial<Discovery>) =>
  [...toText({ ...DISCOVERY, ...change }, (_, text) => text)].join('').split('\n');
const unseen = Array.from({ length: 30 }, (_, n) => ({
  protocol: 'http' as const,
  method: 'DELETE',
  template: `/orders/{id}/${'long'.repeat(n)}`,
  file: `a/very/long/path/to/a/specification-${n}.yaml`,
  line: n + 1,
  service: null,
}));
const COMPARISON = { declared: 1, discovered: 1, matched: 0, shadow: 1, beyondDeclared: 1, unseen };

describe('what was discovered, as text', () => {
  it.each<[string, Partial<Discovery>]>([
    [
      'long names',
      {
        endpoints: [
          {
            ...ENDPOINT,
            service: 's'.repeat(200),
            method: 'M'.repeat(20),
            template: `/${'x'.repeat(300)}`,
          },
        ],
      },
    ],
    [
      'something to compare with',
      {
        endpoints: [
          { ...ENDPOINT, status: 'shadow' },
          { ...ENDPOINT, status: 'declared' },
        ],
        comparison: COMPARISON,
      },
    ],
    [
      'much left out',
      {
        probes: { endpoints: 1e9, requests: 1e12 },
        rare: { endpoints: 1e9, requests: 1e12 },
        leftOut: [
          {
            reason: 'not a known format',
            kind: 'unread',
            count: 1e9,
            first: [{ file: 'f'.repeat(200), line: 1e9 }],
          },
        ],
      },
    ],
    [
      'sensitive data',
      {
        endpoints: [
          {
            ...ENDPOINT,
            service: 's'.repeat(200),
            sensitivity: [
              {
                tag: 'credentials',
                because: `found in payload samples: ${'passwords and secrets in 1 of 3 requests, '.repeat(5)}`,
              },
              { tag: 'pii', because: `the field \`${'x'.repeat(60)}\`` },
            ],
          },
        ],
        payloads: {
          judged: 1e9,
          leftOut: [{ reason: 'more payloads of one endpoint than are judged', count: 1e12 }],
        },
      },
    ],
  ])('fits 80 columns with %s', (_, change) => {
    expect(linesOf(change).filter(({ length }) => length > 80)).toEqual([]);
  });

  it('shows no control character of a log', () => {
    const text = linesOf({
      endpoints: [{ ...ENDPOINT, template: '/\u001b[2J\u202e', service: '\u0007x' }],
    }).join('');
    for (const character of ['\u0007', '\u001b', '\u202e']) expect(text).not.toContain(character);
  });

  it('lists some operations that were not seen, and says how many more there are', () => {
    const lines = linesOf({ comparison: COMPARISON });
    expect(lines.filter((line) => line.startsWith('    DELETE'))).toHaveLength(20);
    expect(lines).toContain('    … and 10 more: --format json has all');
  });

  it('gives small shares as they are', () => {
    const lines = linesOf({
      endpoints: [ENDPOINT, { ...ENDPOINT, requests: 1 }, { ...ENDPOINT, requests: 50_000 }],
    });
    expect(lines.slice(1, 4).map((line) => line.match(/\S+ %/)?.[0])).toEqual([
      '96 %',
      '<0.1 %',
      '3.9 %',
    ]);
  });
});
