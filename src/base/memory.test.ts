import { describe, expect, it } from 'vitest';
import { releaseMemory } from './memory.ts';

describe('releasing memory', () => {
  it('gives back what nothing holds any more', async () => {
    const left = new WeakRef({ made: 'while starting' });
    expect(await releaseMemory(Number.POSITIVE_INFINITY)).toBe(true);
    expect(left.deref()).toBeUndefined();
  });

  it('leaves a large heap alone', async () => {
    expect(await releaseMemory(1)).toBe(false);
  });
});
