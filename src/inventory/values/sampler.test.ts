import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type PayloadSample, toParty } from '../../estate/index.ts';
import { PayloadSampler, SAMPLE_OUTCOMES, type SampleLimits } from './index.ts';

const ORDERS = toParty({ by: 'name', name: 'orders' });
const EMAIL = '{"email":"ada@example.org"}';

function sampler(limits: Partial<SampleLimits> = {}) {
  const counts: Record<string, number> = {};
  const clock = { now: 0 };
  const { judge } = new PayloadSampler(
    { maxBytes: 1_000, perSecond: 1_000, perEndpoint: 1_000, ...limits },
    () => clock.now,
    (outcome) => {
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    },
  );
  return { judge, counts, clock };
}

function sample(
  overrides: Partial<PayloadSample> = {},
  operation: Partial<PayloadSample['operation']> = {},
): PayloadSample {
  return {
    operation: { service: ORDERS, method: 'GET', path: '/orders', ...operation },
    part: 'responses',
    content: EMAIL,
    form: 'body',
    ...overrides,
  };
}

describe('samples of payloads', () => {
  it('are judged, and counted', () => {
    const { judge, counts } = sampler();
    expect(judge(sample())).toEqual(['email']);
    expect(judge(sample({ content: '{}' }))).toEqual([]);
    expect(judge(sample({ content: '' }))).toBeUndefined();
    expect(counts).toEqual({ judged: 2 });
  });

  it('are not of what is no data, which takes no share of what is judged', () => {
    const { judge, counts } = sampler({ perSecond: 1 });
    expect(judge(sample({ mediaType: 'image/png' }))).toBeUndefined();
    expect(judge(sample())).toEqual(['email']);
    expect(counts).toEqual({ 'no data: a picture, page, script or packed': 1, judged: 1 });
  });

  it('whose bytes are no text say nothing', () => {
    const { judge, counts } = sampler();
    expect(judge(sample({ content: Buffer.concat([Buffer.alloc(1), randomBytes(50)]) }))).toBe(
      undefined,
    );
    expect(Object.keys(counts)).toEqual(['no data: a picture, page, script or packed']);
  });

  it('are so many in a second', () => {
    const { judge, counts, clock } = sampler({ perSecond: 3 });
    const round = () => ['/a', '/b', '/c', '/d', '/e'].map((path) => judge(sample({}, { path })));
    expect(round().filter(Boolean)).toHaveLength(3);
    clock.now = 999;
    expect(round().filter(Boolean)).toHaveLength(0);
    clock.now = 1_000;
    expect(round().filter(Boolean)).toHaveLength(3);
    expect(counts).toEqual({ judged: 6, 'more payloads than are judged': 9 });
  });

  it('are so many of one endpoint in a minute, so that others are judged too', () => {
    const { judge, counts, clock } = sampler({ perEndpoint: 2 });
    const judged = (overrides: Partial<PayloadSample>, operation = {}) =>
      judge(sample(overrides, operation)) !== undefined;
    const paths = Array.from({ length: 20 }, (_, n) => ({ path: `/orders/${1_000 + n}/items` }));
    expect(paths.filter((operation) => judged({}, operation))).toHaveLength(2);
    const others = [
      [{}, { path: '/orders/list' }],
      [{}, { ...paths[0], method: 'PUT' }],
      [{}, { ...paths[0], service: toParty({ by: 'name', name: 'other' }) }],
      [{}, { ...paths[0], route: '/orders/{id}/items' }],
      [{ part: 'requests' }, paths[0]],
    ] as const;
    expect(others.map(([overrides, operation]) => judged(overrides, operation))).toEqual([
      ...[true, true, true, true, true],
    ]);
    clock.now = 59_999;
    expect(judged({}, paths[0])).toBe(false);
    clock.now = 60_000;
    expect(judged({}, paths[0])).toBe(true);
    expect(Object.keys(counts)).toEqual([
      'judged',
      'more payloads of one endpoint than are judged',
    ]);
  });

  it('of one route are of one endpoint, whatever the paths', () => {
    const { judge } = sampler({ perEndpoint: 2 });
    const paths = ['/a', '/b', '/c'].map((path) => ({ path, route: '/{x}' }));
    expect(paths.map((operation) => judge(sample({}, operation)) !== undefined)).toEqual([
      ...[true, true, false],
    ]);
  });

  it('have outcomes of a closed table', () => {
    expect(Object.keys(SAMPLE_OUTCOMES)).toHaveLength(4);
  });
});
