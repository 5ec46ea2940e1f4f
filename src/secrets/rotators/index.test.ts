import { describe, expect, it } from 'vitest';
import { ROTATOR_KINDS, type RotatorPorts, rotatorOf } from './index.ts';

/** Nothing is asked of them here. */
const PORTS = {
  apiKeys: {},
  keySets: {},
  certificates: {},
  webhooks: [],
} as unknown as RotatorPorts;

describe('the table of rotators', () => {
  it.each(ROTATOR_KINDS)('has %s under its own name', async (kind) => {
    expect((await rotatorOf(kind, PORTS))?.kind).toBe(kind);
  });

  it.each(Object.keys(PORTS))('lacks what needs %s where there is none', async (missing) => {
    const found = ROTATOR_KINDS.map((kind) => rotatorOf(kind, { ...PORTS, [missing]: undefined }));
    expect((await Promise.all(found)).filter((one) => one === undefined)).toHaveLength(1);
  });

  it.each(['', 'oracle', 'constructor', '__proto__'])('has none called %j', async (kind) => {
    expect(await rotatorOf(kind, PORTS)).toBeUndefined();
  });
});
