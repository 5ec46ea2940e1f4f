import { describe, expect, it } from 'vitest';
import { relatedTo } from './related.ts';
import { at, id } from './testing/alerts.ts';
import type { IncidentSummary } from './view.ts';

const incident = (name: string, more: Partial<IncidentSummary>): IncidentSummary => ({
  ...{ id: name, state: 'open', severity: 'high', kind: 'new-edge', reason: `${name} did it` },
  ...{ from: '', to: '', alerts: [name], assignee: null, openedAt: at(0), updatedAt: at(0) },
  ...{ time: at(0), lastTime: at(10), traceIds: [], path: [] },
  ...more,
});
const path = (...names: readonly string[]) => names.map(id);
const WAY = { path: path('*', 'web', 'orders'), traceIds: ['t1'] };
const one = incident('one', WAY);

describe('an incident', () => {
  it.each<[string, Partial<IncidentSummary>, string]>([
    ['shares a trace', { traceIds: ['t2', 't1'] }, 'Both are in the trace t1.'],
    [
      'goes a step of the same way',
      { path: path('web', 'orders', 'stock') },
      'Both went from demo/shop/web to demo/shop/orders.',
    ],
    [
      'comes in the same way',
      { path: path('*', 'web') },
      'Both went from outside to demo/shop/web.',
    ],
    [
      'goes on from where it came to',
      { path: path('orders', 'stock'), time: at(5) },
      'That one begins at demo/shop/orders, to which this one had come.',
    ],
    [
      'came to where it begins',
      { path: path('mail', '*', 'web'), time: at(-20), lastTime: at(-10) },
      'Both went from outside to demo/shop/web.',
    ],
  ])('is related to one that %s', (_, more, because) => {
    const { state, severity, reason, time, lastTime } = incident('other', more);
    expect(relatedTo(one, [one, incident('other', more)])).toEqual([
      { id: 'other', state, severity, reason, time, lastTime, because },
    ]);
  });

  it('says of one that it goes on from where that had come to', () => {
    const earlier = incident('earlier', {
      ...{ path: path('mail', 'web'), time: at(-20), lastTime: at(-10) },
    });
    const later = { ...one, path: path('web', 'orders') };
    expect(relatedTo(later, [earlier]).map(({ because }) => because)).toEqual([
      'This one begins at demo/shop/web, to which that one had come.',
    ]);
    expect(relatedTo(earlier, [later]).map(({ because }) => because)).toEqual([
      'That one begins at demo/shop/web, to which this one had come.',
    ]);
  });

  it('is not related to itself, to others at the same services, or to what was days before', () => {
    const others = [
      one,
      incident('elsewhere', { path: path('mail', 'orders', 'stock') }),
      incident('long ago', { ...WAY, time: at(-90_000), lastTime: at(-86_500) }),
    ];
    expect(relatedTo(one, others)).toEqual([]);
  });

  it('names the newest of many', () => {
    const many = Array.from({ length: 30 }, (_, index) => incident(`other-${index}`, WAY));
    expect(relatedTo(one, many).map((other) => other.id)).toEqual(
      many.slice(0, 20).map((other) => other.id),
    );
  });
});
