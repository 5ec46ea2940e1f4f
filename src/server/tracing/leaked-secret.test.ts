import { describe, expect, it, vi } from 'vitest';
import { replaceLeaked, type Secret } from './leaked-secret.ts';

const BY = { actor: 'ada', reason: 'incident-1: it was read' };
const PLAN = { rotator: 'model' } as Secret['plan'];

/** Versions by number: whether they have leaked, are revoked, or neither. */
function secretOf(
  versions: Readonly<Record<number, 'leaked' | 'revoked' | 'fine'>>,
  labels: Secret['labels'],
  plan: Secret['plan'] = PLAN,
) {
  const change = vi.fn();
  const at = '2026-01-05T00:00:00.000Z';
  const read = async () => ({
    ...{ labels, plan },
    versions: Object.entries(versions).map(([number, is]) => ({
      ...{ number: Number(number), createdAt: at, envelope: 'x', fingerprints: [] },
      ...{ expiresAt: null, revocation: null },
      leakedAt: is === 'leaked' ? at : null,
      revokedAt: is === 'revoked' ? at : null,
    })),
  });
  return { read, change };
}

const said = ({ change }: ReturnType<typeof secretOf>): unknown[] =>
  change.mock.calls.map(([, { versions }]) => versions);

describe('a secret that somebody has read', () => {
  it.each<[string, ReturnType<typeof secretOf>, unknown[], RegExp]>([
    [
      'has all that readers get revoked',
      secretOf({ 1: 'revoked', 2: 'fine', 3: 'fine' }, { current: 3, previous: 2 }),
      [[3, 2].sort()],
      /A new value/,
    ],
    [
      'keeps what nobody has got yet',
      secretOf({ 1: 'fine', 2: 'fine' }, { current: 1, pending: 2 }),
      [[1]],
      /A new value/,
    ],
    [
      'is replaced once while that goes on',
      secretOf({ 1: 'leaked' }, { current: 1 }),
      [],
      /already/,
    ],
    [
      'is replaced once when that has come far',
      secretOf({ 1: 'leaked', 2: 'fine' }, { current: 2, previous: 1 }),
      [],
      /already/,
    ],
    ['may have no value yet', secretOf({}, {}), [], /no value/],
  ])('%s', async (_, secrets, versions, sentence) => {
    expect(await replaceLeaked(secrets, 'test/shop/orders/db', BY)).toMatch(sentence);
    expect(said(secrets)).toEqual(versions);
  });

  it('that no plan renews has leaked all the same, and people are told what to do', async () => {
    const secrets = secretOf({ 1: 'fine' }, { current: 1 }, null);
    const replaced = replaceLeaked(secrets, 'test/shop/orders/db', BY);
    await expect(replaced).rejects.toMatchObject({ code: 'secrets/plan-not-found' });
    expect(said(secrets)).toEqual([[1]]);
  });

  it('has to be there', async () => {
    const gone = { read: async () => undefined, change: vi.fn() };
    const replaced = replaceLeaked(gone, 'test/shop/orders/db', BY);
    await expect(replaced).rejects.toMatchObject({ code: 'secrets/secret-not-found' });
  });
});
