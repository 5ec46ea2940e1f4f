import { describe, expect, it } from 'vitest';
import type { EndpointTraffic } from '../estate/index.ts';
import { type Compared, changesOf } from './changes.ts';
import { someTraffic } from './testing/traffic.ts';

const SINCE = '2026-05-15T00:00:00.000Z';
const change = (what: EndpointTraffic['changes'][number]['what'], value: string) => ({
  changes: [{ what, value, since: SINCE }],
});

function sentences(traffic: Partial<EndpointTraffic>, more: Partial<Compared> = {}): string[] {
  return changesOf({
    traffic: someTraffic(traffic),
    method: 'GET',
    parameters: [],
    responses: [],
    isDeclared: true,
    adoptedAt: undefined,
    now: '2026-05-20T00:00:00.000Z',
    ...more,
  });
}

describe('an endpoint', () => {
  const cases: [
    sentence: string,
    traffic: Partial<EndpointTraffic>,
    more: Partial<Compared>,
    want: string[],
  ][] = [
    ['as it always was has not changed', {}, {}, []],
    [
      'with a parameter that is new has changed',
      { parameters: ['debug'], ...change('parameter', 'debug') },
      {},
      ['the query parameter `debug` is new since 15 May'],
    ],
    [
      'with a parameter that its specification lacks differs from it, however old',
      { parameters: ['debug', 'page'] },
      { parameters: ['page'] },
      ['the query parameter `debug` is called with and not in the specification'],
    ],
    [
      'with a parameter that is both is told once',
      { parameters: ['debug'], ...change('parameter', 'debug') },
      { parameters: ['page'] },
      ['the query parameter `debug` is called with since 15 May and not in the specification'],
    ],
    [
      'with a new parameter that its specification has is as it should be',
      { parameters: ['Page'], ...change('parameter', 'Page') },
      { parameters: ['page'] },
      [],
    ],
    [
      'with a list or a map of a declared parameter is as it should be',
      { parameters: ['ids[]', 'filter[state]'] },
      { parameters: ['ids', 'filter'] },
      [],
    ],
    [
      'with what campaigns and caches add is as it should be',
      { parameters: ['utm_source', '_', 'gclid'] },
      { parameters: ['page'] },
      [],
    ],
    [
      'with parameters whose specification names none is not compared',
      { parameters: ['debug'] },
      {},
      [],
    ],
    [
      'with a status that its specification lacks differs from it',
      { statuses: { 200: 1, 202: 1 } },
      { responses: ['200'] },
      ['the status 202 is answered and not in the specification'],
    ],
    [
      'with a status in a declared range is as it should be',
      { statuses: { 202: 1, 409: 1 } },
      { responses: ['2XX', 'default'] },
      [],
    ],
    [
      'that refuses or fails as any server does is as it should be',
      { statuses: { 304: 1, 400: 1, 401: 1, 404: 1, 429: 1, 500: 1, 503: 1, 0: 1 } },
      { responses: ['200'] },
      [],
    ],
    [
      'that refuses as only it can mean differs',
      { statuses: { 409: 1 } },
      { responses: ['200'] },
      ['the status 409 is answered and not in the specification'],
    ],
    [
      'with a new status has changed',
      { statuses: { 200: 9, 206: 2 }, ...change('response', '206') },
      {},
      ['the status 206 is new since 15 May'],
    ],
    [
      'called without a credential has changed',
      change('authentication', 'none'),
      {},
      ['it is called without a credential since 15 May'],
    ],
    [
      'called with another credential has changed',
      change('authentication', 'basic'),
      {},
      ['it is called with basic since 15 May'],
    ],
    ['whose method is new and declared is as it should be', change('method', 'GET'), {}, []],
    [
      'whose method is new and not declared has changed',
      change('method', 'GET'),
      { isDeclared: false },
      ['the method GET is new since 15 May'],
    ],
    [
      'adopted after the change is as it was adopted',
      change('authentication', 'basic'),
      { adoptedAt: '2026-05-16T00:00:00.000Z' },
      [],
    ],
    [
      'adopted before the change has changed',
      change('authentication', 'basic'),
      { adoptedAt: '2026-05-14T00:00:00.000Z' },
      ['it is called with basic since 15 May'],
    ],
    [
      'with a parameter that would break the line quotes it',
      { parameters: ['a`b\n'] },
      { parameters: ['page'] },
      ['the query parameter `a\\u0060b\\u000a` is called with and not in the specification'],
    ],
  ];
  it.each(cases)('%s', (_, traffic, more, want) => {
    expect(sentences(traffic, more)).toEqual(want);
  });

  it('with very many changes tells the first and counts the rest', () => {
    const parameters = Array.from({ length: 64 }, (_, index) => `p${index}`);
    const found = sentences({ parameters }, { parameters: ['page'] });
    expect(found).toHaveLength(21);
    expect(found.at(-1)).toBe('and 44 more');
  });
});
