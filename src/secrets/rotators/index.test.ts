import { describe, expect, it } from 'vitest';
import { ROTATOR_KINDS, rotatorOf } from './index.ts';

describe('the table of rotators', () => {
  it.each(ROTATOR_KINDS)('has %s under its own name', async (kind) => {
    expect((await rotatorOf(kind))?.kind).toBe(kind);
  });

  it.each(['', 'oracle', 'constructor', '__proto__'])('has none called %j', async (kind) => {
    expect(await rotatorOf(kind)).toBeUndefined();
  });
});
