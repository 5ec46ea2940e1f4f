import { describe, expect, it } from 'vitest';
import { Attempts } from './attempts.ts';

describe('failed attempts', () => {
  it('are allowed so many a minute, from each address', () => {
    let now = 0;
    const attempts = new Attempts(2, () => now);
    attempts.fail('a');
    attempts.check('a');
    attempts.fail('a');
    expect(() => attempts.check('a')).toThrow(
      expect.objectContaining({ code: 'identity/agent-attempts-too-many' }),
    );
    attempts.check('b');
    now += 31_000;
    attempts.check('a');
    attempts.fail('a');
    expect(() => attempts.check('a')).toThrow();
    now += 60_000;
    attempts.check('a');
  });

  it('are remembered of so many addresses, the latest of them', () => {
    const attempts = new Attempts(1, () => 0);
    for (let at = 0; at <= 10_000; at++) attempts.fail(`a${at}`);
    attempts.check('a0');
    expect(() => attempts.check('a1')).toThrow();
  });

  it('are not forgiven by a clock that is set back, nor made worse', () => {
    let now = 100_000;
    const attempts = new Attempts(2, () => now);
    attempts.fail('a');
    now = 0;
    attempts.check('a');
    attempts.fail('a');
    expect(() => attempts.check('a')).toThrow();
  });
});
