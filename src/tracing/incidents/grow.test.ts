import { describe, expect, it } from 'vitest';
import type { Alert } from '../model.ts';
import { bounded, isNews, MAX_ALERTS, withAlert, worst } from './grow.ts';
import { alertOf, DRILL, hopOf, id, signOf } from './testing/alerts.ts';

const alert = alertOf('alert-1', DRILL);

describe('of an alert that has grown', () => {
  it.each<[boolean, string, Partial<Alert>]>([
    [false, 'its score and time', { score: 40, lastTime: '2025-05-05T12:00:00.000Z' }],
    [false, 'another trace', { traceIds: ['a', 'b'] }],
    [false, 'the same request again', { hops: [...alert.hops, ...alert.hops] }],
    [false, 'a lower severity', { severity: 'low' }],
    [true, 'a higher severity', { severity: 'critical' }],
    [true, 'a service', { path: [...alert.path, id('orders')] }],
    [true, 'a technique', { techniques: ['T1210', 'T1078'] }],
    [true, 'a kind of sign', { signs: [...alert.signs, signOf(DRILL[0], { kind: 'scan' })] }],
    [true, 'an operation', { hops: [...alert.hops, hopOf('payments', 'orders', 9)] }],
    [
      true,
      'that what was refused is not any more',
      {
        hops: [...alert.hops, { ...DRILL[0], outcome: 'failed' }],
      },
    ],
  ])('it is news %s: %s', (isNew, _, change) => {
    expect(isNews(alert, { ...alert, ...change })).toBe(isNew);
  });
});

it('an alert is kept within bounds, with its first sign and those that say most', () => {
  const hops = Array.from({ length: 500 }, (_, n) => hopOf(`a${n}`, `b${n}`, n));
  const long = alertOf('alert-1', hops);
  const signs = hops.map((hop, n) => signOf(hop, { score: n }));
  const kept = bounded({ ...long, signs, traceIds: hops.map((_, n) => `t${n}`) });
  expect([kept.hops.length, kept.signs.length, kept.traceIds.length, kept.path.length]).toEqual([
    ...[100, 60, 50, 100],
  ]);
  expect(kept.signs[0]?.score).toBe(0);
  expect(kept.signs.slice(1).every(({ score }) => score >= 441)).toBe(true);
  expect([kept.hops[0], kept.hops.at(-1)]).toEqual([hops[0], hops.at(-1)]);
});

it('an incident keeps so many alerts, its first among them', () => {
  let alerts: Alert[] = [];
  for (let n = 0; n < MAX_ALERTS + 5; n++) alerts = withAlert(alerts, alertOf(`alert-${n}`, DRILL));
  expect(alerts).toHaveLength(MAX_ALERTS);
  expect(alerts.map((one) => one.id)).toEqual(expect.arrayContaining(['alert-0', 'alert-24']));
  expect(withAlert(alerts, { ...alert, id: 'alert-24', score: 1 })).toHaveLength(MAX_ALERTS);
});

it('the worst of two severities is the graver', () => {
  expect([worst('low', 'critical'), worst('high', 'info')]).toEqual(['critical', 'high']);
});
