import { describe, expect, it } from 'vitest';
import { Settling } from './settling.ts';

describe('what settles', () => {
  const world = () => {
    const passed: string[] = [];
    const time = { now: 1_000_000 };
    const settling = new Settling<{ id: string; says: string }>(
      2_000,
      () => time.now,
      ({ says }) => passed.push(says),
    );
    const pass = (milliseconds: number): string[] => {
      time.now += milliseconds;
      settling.tick();
      return passed.splice(0);
    };
    return { settling, pass, passed };
  };

  it('is handed on once, as it is a moment after it first came', () => {
    const { settling, pass } = world();
    settling.note({ id: 'a', says: 'orders' });
    expect(pass(1_500)).toEqual([]);
    settling.note({ id: 'a', says: 'orders, payments' });
    expect(pass(500)).toEqual(['orders, payments']);
    expect(pass(5_000)).toEqual([]);
  });

  it('waits for no other, and comes again where more becomes of it', () => {
    const { settling, pass } = world();
    settling.note({ id: 'a', says: 'one' });
    pass(1_000);
    settling.note({ id: 'b', says: 'two' });
    expect(pass(1_000)).toEqual(['one']);
    settling.note({ id: 'a', says: 'more of one' });
    expect(pass(1_000)).toEqual(['two']);
    expect(pass(1_000)).toEqual(['more of one']);
  });

  it('is handed on at the end, and where the clock was put back', () => {
    const { settling, pass, passed } = world();
    settling.note({ id: 'a', says: 'one' });
    expect(pass(-60_000)).toEqual(['one']);
    settling.note({ id: 'b', says: 'two' });
    settling.flush();
    expect(passed).toEqual(['two']);
  });
});
