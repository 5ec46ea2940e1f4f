import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { once, onceAtATime } from './once.ts';

describe('work that is under way once at a time', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Work that ends when it is told to, and how often it was begun. */
  function scene() {
    const begun: PromiseWithResolvers<string>[] = [];
    const ask = onceAtATime(() => {
      const one = Promise.withResolvers<string>();
      begun.push(one);
      return one.promise;
    }, 1_000);
    return { begun, ask };
  }

  it('gives all who ask meanwhile the same, and begins anew for who asks later', async () => {
    const { begun, ask } = scene();
    const all = Promise.all([ask(), ask(), ask()]);
    begun[0]?.resolve('first');
    expect(await all).toEqual(['first', 'first', 'first']);
    const later = ask();
    begun[1]?.resolve('second');
    expect(await later).toBe('second');
  });

  it('begins anew after it has failed', async () => {
    const { begun, ask } = scene();
    const failed = expect(ask()).rejects.toThrow('not now');
    begun[0]?.reject(new Error('not now'));
    await failed;
    const later = ask();
    begun[1]?.resolve('now');
    expect(await later).toBe('now');
  });

  it('is begun anew where it is stuck, and what was stuck changes nothing when it ends', async () => {
    const { begun, ask } = scene();
    void ask();
    vi.advanceTimersByTime(999);
    void ask();
    expect(begun).toHaveLength(1);
    vi.advanceTimersByTime(1);
    const anew = ask();
    expect(begun).toHaveLength(2);
    begun[0]?.resolve('at last');
    await new Promise(setImmediate);
    const same = ask();
    expect(begun).toHaveLength(2);
    begun[1]?.resolve('anew');
    expect(await Promise.all([anew, same])).toEqual(['anew', 'anew']);
  });
});

it('what is made once is made when it is asked for', () => {
  let count = 0;
  const made = once(() => ({ number: ++count }));
  expect(count).toBe(0);
  expect(made()).toBe(made());
  expect(count).toBe(1);
});
