import { describe, expect, it } from 'vitest';
import type { AlertHop } from '../model.ts';
import { MAX_STEPS, pathOf, pathSentence } from './path.ts';

const hop = (from: string, to: string, second: number, more: Partial<AlertHop> = {}): AlertHop => ({
  ...{ from, to, operation: 'GET /x', traceId: null, evidence: 'asserted', policy: 'undeclared' },
  ...{ outcome: 'ok', signs: ['new-edge'], ...more },
  time: new Date(1_700_000_000_000 + second * 1_000).toISOString(),
});

const drawn = (hops: readonly AlertHop[]): string[] =>
  pathOf(hops).rows.map(
    ({ service, step, depth, isAgain }) =>
      `${'  '.repeat(depth)}${step === null ? '' : `${step.number} `}${service}${isAgain ? ' again' : ''}`,
  );

describe('the way of an incident', () => {
  it('is drawn from one to the next, by time, however it came in', () => {
    expect(drawn([hop('b', 'c', 2), hop('a', 'b', 1), hop('c', 'd', 3)])).toEqual([
      'a',
      '  1 b',
      '    2 c',
      '      3 d',
    ]);
  });

  it('has everything that was tried from one service below it', () => {
    expect(drawn([hop('a', 'b', 1), hop('a', 'c', 2), hop('b', 'd', 3)])).toEqual([
      'a',
      '  1 b',
      '    3 d',
      '  2 c',
    ]);
  });

  it('ends where it comes back to what was reached before', () => {
    expect(drawn([hop('a', 'b', 1), hop('b', 'a', 2), hop('b', 'b', 3)])).toEqual([
      'a',
      '  1 b',
      '    2 a again',
      '    3 b again',
    ]);
  });

  it('has several beginnings, where nothing leads from one to the other', () => {
    expect(drawn([hop('a', 'b', 1), hop('x', 'y', 2)])).toEqual(['a', '  1 b', 'x', '  2 y']);
  });

  it('tells equal requests once, and which step each is part of', () => {
    const path = pathOf([hop('a', 'b', 1), hop('b', 'c', 2), hop('a', 'b', 3)]);
    expect(path.rows).toHaveLength(3);
    expect(path.rows[1]?.step).toMatchObject({ count: 2, number: 1 });
    expect([0, 1, 2, 3].map((place) => path.numberOf(place))).toEqual([1, 2, 1, undefined]);
  });

  it('of thousands of steps shows those that say something', () => {
    const many = Array.from({ length: 5_000 }, (_, index) =>
      hop(`s${index}`, `s${index + 1}`, index, { signs: index >= 4_990 ? ['scan'] : [] }),
    );
    const { rows, leftOut } = pathOf(many);
    expect(rows.filter(({ step }) => step !== null)).toHaveLength(MAX_STEPS);
    expect(rows.filter(({ step }) => step?.hop.signs.length)).toHaveLength(10);
    expect(leftOut).toBe(5_000 - MAX_STEPS);
  });

  it('is nothing without a hop', () => {
    expect(pathOf([]).rows).toEqual([]);
  });

  it('can be said in a sentence', () => {
    expect(pathSentence(['a', 'b', 'c'])).toBe('a, then b, then c');
    expect(pathSentence(['a', 'b', 'c'], 2)).toBe('a, then b and 1 more');
  });
});
