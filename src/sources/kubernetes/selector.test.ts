import { describe, expect, it } from 'vitest';
import { matchesSelector } from './selector.ts';

const LABELS = { app: 'web', tier: 'front' };
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});

describe('matchesSelector', () => {
  it.each([
    ['an empty selector selects everything', {}, true],
    ['an absent one selects nothing', undefined, false],
    ['equal labels are selected', { matchLabels: { app: 'web' } }, true],
    ['other values are not', { matchLabels: { app: 'api' } }, false],
    ['inherited properties are no labels', { matchLabels: { constructor: 'x' } }, false],
    ['In wants one of the values', expression('app', 'In', 'api', 'web'), true],
    ['In does not take an absent label', expression('zone', 'In', 'x'), false],
    ['NotIn takes an absent label', expression('zone', 'NotIn', 'x'), true],
    ['NotIn refuses its values', expression('app', 'NotIn', 'web'), false],
    ['Exists wants the label', expression('app', 'Exists'), true],
    ['DoesNotExist refuses it', expression('app', 'DoesNotExist'), false],
    ['an unknown operator selects nothing', expression('app', 'Matches', 'web'), false],
  ])('%s', (_, selector, want) => {
    expect(matchesSelector(selector, LABELS)).toBe(want);
  });
});
