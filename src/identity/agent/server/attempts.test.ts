import { describe, expect, it } from 'vitest';
import { Attempts } from './attempts.ts';

describe('failed attempts', () => {
  it('are allowed so many a minute, from each address', () => {
    let now = 0;
    const attempts = new Attempts(2, () => now);
    attempts.begin('a');
    attempts.begin('a');
    expect(() => attempts.begin('a')).toThrow(
      expect.objectContaining({ code: 'identity/agent-attempts-too-many' }),
    );
    attempts.begin('b');
    now += 31_000;
    attempts.begin('a');
    expect(() => attempts.begin('a')).toThrow();
    now += 60_000;
    attempts.begin('a');
  });

  it('count while they are under way, and not where they were none', () => {
    const attempts = new Attempts(2, () => 0);
    for (let tries = 0; tries < 10; tries++) {
      attempts.begin('a');
      attempts.forgive('a');
    }
    attempts.begin('a');
    attempts.begin('a');
    expect(() => attempts.begin('a')).toThrow();
    attempts.forgive('a');
    attempts.begin('a');
  });

  it('are remembered of so many addresses, the latest of them', () => {
    const attempts = new Attempts(1, () => 0);
    for (let at = 0; at <= 10_000; at++) attempts.begin(`a${at}`);
    attempts.begin('a0');
    expect(() => attempts.begin('a2')).toThrow();
  });

  it('are not forgiven by a clock that is set back, nor made worse', () => {
    let now = 100_000;
    const attempts = new Attempts(2, () => now);
    attempts.begin('a');
    now = 0;
    attempts.begin('a');
    expect(() => attempts.begin('a')).toThrow();
  });
});
