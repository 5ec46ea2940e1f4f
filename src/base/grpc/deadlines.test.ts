import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadlines } from './deadlines.ts';

describe('deadlines of one length', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('come to pass one by one, and not where they are met', () => {
    const deadlines = new Deadlines(100);
    const over: string[] = [];
    const begin = (name: string) => deadlines.begin(() => over.push(name));
    begin('a');
    const met = begin('met');
    vi.advanceTimersByTime(60);
    begin('b');
    met.cancel();
    vi.advanceTimersByTime(41);
    expect(over).toEqual(['a']);
    vi.advanceTimersByTime(58);
    expect(over).toEqual(['a']);
    vi.advanceTimersByTime(3);
    expect(over).toEqual(['a', 'b']);
  });

  it('leave no timer behind when there are none', () => {
    const deadlines = new Deadlines(100);
    deadlines.begin(() => {}).cancel();
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(101);
    expect(vi.getTimerCount()).toBe(0);
    const over = vi.fn();
    deadlines.begin(over);
    vi.advanceTimersByTime(101);
    expect(over).toHaveBeenCalledOnce();
  });
});
