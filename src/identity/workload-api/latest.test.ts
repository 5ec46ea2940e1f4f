import { describe, expect, it } from 'vitest';
import { Latest } from './latest.ts';

describe('the newest value', () => {
  it('is taken once, and those before it never', async () => {
    const latest = new Latest<number>();
    latest.tell(1);
    latest.tell(2);
    expect(await latest.next()).toBe(2);
    const waiting = latest.next();
    latest.tell(3);
    expect(await waiting).toBe(3);
  });

  it('may be undefined', async () => {
    const latest = new Latest<number | undefined>();
    latest.tell(undefined);
    expect(await latest.next()).toBeUndefined();
  });

  it('does not come after an end, be it waited for or not', async () => {
    const latest = new Latest<number>();
    const waiting = latest.next();
    latest.fail('over');
    latest.tell(1);
    latest.fail('again');
    await expect(waiting).rejects.toBe('over');
    await expect(latest.next()).rejects.toBe('over');
  });
});
