import { expect, it } from 'vitest';
import { nearestOf, nearestOfFew } from './nearest.ts';

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

it('is looked for of a hundred words, and then no more', () => {
  const nearest = nearestOfFew();
  const found = Array.from({ length: 102 }, () => nearest('paymnts', ['payments']));
  expect(found.filter((one) => one !== undefined)).toHaveLength(100);
});
