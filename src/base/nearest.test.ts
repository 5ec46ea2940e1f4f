import { expect, it } from 'vitest';
import { nearestOf } from './nearest.ts';

it.each([
  ['team-ordes', 'team-orders'],
  ['TEAM-ORDERS', 'team-orders'],
  ['paymnets', 'payments'],
  ['nothing-like-it', undefined],
  ['', undefined],
  ['x'.repeat(100), undefined],
])('%s was meant to be %s', (word, wanted) => {
  expect(nearestOf(word, ['team-orders', 'payments', 'mail'])).toBe(wanted);
});
