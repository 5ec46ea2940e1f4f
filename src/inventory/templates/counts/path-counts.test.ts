import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sighting } from '../../../estate/index.ts';
import { NodePool, type PathNode } from './index.ts';
import { requestsOf, sizeOf } from './node.ts';
import { PathCounts } from './path-counts.ts';

function sighting(status = 200): Sighting {
  return {
    service: { key: 'name //shop', subject: { by: 'name', name: 'shop' } },
    protocol: 'http',
    method: 'GET',
    path: '/',
    status,
    count: 1,
    firstAt: 1,
    lastAt: 1,
  };
}

/** Letters only, and no two alike. */
function name(index: number): string {
  return `p${[...index.toString(26)].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))).join('')}`;
}

function fill(counts: PathCounts, paths: number, pathOf: (index: number) => string): void {
  for (let index = 0; index < paths; index++) counts.tallyOf('GET', pathOf(index)).add(sighting());
}

const LIMITS = { maxNodes: 1_000, maxDepth: 24 };

describe('counts of paths', () => {
  const segment = fc.oneof(
    fc.nat({ max: 40 }).map(name),
    fc.nat({ max: 9_999 }).map(String),
    fc.nat({ max: 99 }).map((number) => `${number}:run${name(number)}`),
  );
  const paths = fc.array(fc.array(segment, { minLength: 1, maxLength: 6 }), { maxLength: 400 });

  it('know how many nodes they have, and lose no request, however narrow it gets', () => {
    fc.assert(
      fc.property(paths, paths, fc.integer({ min: 40, max: 400 }), (list, more, maxNodes) => {
        const counts = new PathCounts({ maxNodes, maxDepth: 4 });
        const other = new PathCounts({ maxNodes, maxDepth: 4 });
        for (const path of list) counts.tallyOf('GET', `/${path.join('/')}`).add(sighting());
        for (const path of more) other.tallyOf('GET', `/${path.join('/')}`).add(sighting(404));
        counts.absorb(other);
        expect(counts.size).toBe(sizeOf(counts.root));
        expect(requestsOf(counts.root)).toBe(list.length + more.length);
      }),
      { numRuns: 60 },
    );
  });

  it('are exact for as many names as a place may have', () => {
    const counts = new PathCounts({ maxNodes: 10_000, maxDepth: 24 });
    fill(counts, 1_024, (index) => `/${name(index)}`);
    expect(counts.root.named?.size).toBe(1_024);
    expect(counts.root.typed).toBeUndefined();
  });

  it('keep names that are often asked, and those of lowest hash, of a place that has too many', () => {
    const counts = new PathCounts({ maxNodes: 10_000, maxDepth: 24 });
    fill(counts, 20_000, (index) => (index % 20 === 0 ? '/me' : `/${name(index)}`));
    expect(counts.root.named?.has('me')).toBe(true);
    expect(counts.root.named?.size).toBeLessThan(1_600);
    expect(requestsOf(counts.root)).toBe(20_000);
  });

  it('sample the same typed values, with all their requests, however they are divided', () => {
    const values = fc.array(fc.nat({ max: 60 }), { maxLength: 200 });
    const sampleOf = (counts: PathCounts): [string, number][] =>
      [...(counts.root.typed?.get('{integer}')?.sample ?? [])]
        .map(([value, node]): [string, number] => [value, requestsOf(node)])
        .sort();
    fc.assert(
      fc.property(values, values, values, (first, second, third) => {
        const parts = [first, second, third].map((part) => {
          const counts = new PathCounts(LIMITS);
          for (const value of part) counts.tallyOf('GET', `/${value}`).add(sighting());
          return counts;
        });
        const whole = new PathCounts(LIMITS);
        for (const value of [...third, ...second, ...first]) {
          whole.tallyOf('GET', `/${value}`).add(sighting());
        }
        const [sum, ...others] = parts;
        for (const other of others) sum?.absorb(other);
        expect(sum && sampleOf(sum)).toEqual(sampleOf(whole));
      }),
    );
  });

  it('count methods beyond the limit as one', () => {
    const counts = new PathCounts(LIMITS);
    for (let index = 0; index < 40; index++) counts.tallyOf(`M${index}`, '/a').add(sighting());
    const methods: string[] = [];
    for (let at = counts.root.named?.get('a')?.counted; at; at = at.next) methods.push(at.method);
    expect(methods).toHaveLength(17);
    expect(methods).toContain('OTHER');
  });

  it('do not tell apart what is deeper than they may look', () => {
    const counts = new PathCounts({ maxNodes: 1_000, maxDepth: 2 });
    fill(counts, 10, (index) => `/a/b/${name(index)}`);
    expect(counts.size).toBe(3);
  });

  it('that share a pool are bounded together, at the cost of the largest', () => {
    const pool = new NodePool(600);
    const quiet = new PathCounts({ ...LIMITS, pool });
    const wild = new PathCounts({ ...LIMITS, pool });
    fill(quiet, 60, (index) => `/api/${name(index)}`);
    fill(wild, 5_000, (index) => `/${name(index)}/${name(index * 7)}`);
    expect(pool.total).toBe(quiet.size + wild.size);
    expect(pool.total).toBeLessThanOrEqual(610);
    const kept = (node: PathNode | undefined): number => node?.named?.size ?? 0;
    expect(kept(quiet.root.named?.get('api'))).toBe(60);
    expect(requestsOf(wild.root)).toBe(5_000);

    const late = new PathCounts({ ...LIMITS, pool });
    fill(late, 60, (index) => `/api/${name(index)}`);
    expect(kept(late.root.named?.get('api'))).toBe(60);
  });
});
