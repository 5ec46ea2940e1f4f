import { describe, expect, it } from 'vitest';
import { graphFilters, graphQuery } from './filters.ts';

const NOW = Date.parse('2026-01-10T12:00:00Z');

describe('what of the call graph is asked for', () => {
  it.each([
    [{}, {}],
    [
      { since: '1d', namespace: 'shop' },
      { since: '2026-01-09T12:00:00.000Z', namespace: 'shop' },
    ],
    [{ since: 'toString', service: '' }, {}],
    [{ depth: '3' }, {}],
    [
      { depth: '3', service: 'a/b/c' },
      { depth: '3', service: 'a/b/c' },
    ],
  ])('%j is %j', (search, query) => {
    const asked = Object.entries(graphQuery(search, NOW)).filter(([, one]) => one !== undefined);
    expect(Object.fromEntries(asked)).toEqual({ ...query, limit: 1_000 });
  });

  it('can be narrowed to a namespace that is there, and around a service by steps', () => {
    const services = ['test/shop/a', 'test/shop/b', 'external/host', '*'];
    expect(graphFilters(services, {})[0]?.choices).toEqual(['host', 'shop']);
    expect(graphFilters(services, { service: 'test/shop/a' }).map(({ key }) => key)).toContain(
      'depth',
    );
  });
});
