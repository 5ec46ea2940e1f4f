import { describe, expect, it } from 'vitest';
import { MOVES as OF_SERVER } from '../../../../src/tracing/incidents/states.ts';
import { INCIDENT_STATES } from '../../../../src/tracing/notice.ts';
import { MOVES, movesOf } from './moves.ts';
import { evidenceValue, evidenceWords, targetWords } from './words.ts';

/** What the console calls otherwise. */
const SAME: Readonly<Record<string, keyof typeof OF_SERVER>> = { 'take-back': 'reopen' };

describe('what a person can say of an incident', () => {
  it.each(INCIDENT_STATES)('is offered where the server takes it: %s', (state) => {
    const taken = Object.entries(OF_SERVER).filter(([, { from }]) =>
      (from as readonly string[]).includes(state),
    );
    const offered = movesOf(state).map(({ name }) => SAME[name] ?? name);
    expect(offered.toSorted()).toEqual(taken.map(([name]) => name).sort());
  });

  it('needs a reason, but for taking it on', () => {
    const without = MOVES.filter(({ needsReason }) => !needsReason);
    expect(without.map(({ name }) => name)).toEqual(['acknowledge']);
  });
});

describe('what incidents are made of, in words', () => {
  it('has evidence by its name and value', () => {
    expect(evidenceWords('callersOfTarget')).toBe('callers of target');
    expect(evidenceValue(1_234.56789)).toBe('1,234.568');
    expect(evidenceValue(['a', 'b'])).toBe('a, b');
    expect(evidenceValue('')).toBe('—');
  });

  it('has targets by their names', () => {
    expect(targetWords('test/shop/a -> test/shop/b')).toBe('shop/a → shop/b');
  });
});
