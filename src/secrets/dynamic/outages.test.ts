import { expect, it } from 'vitest';
import { policyOf, RotationConfig } from '../rotation/index.ts';
import { Gate } from './gate.ts';
import { Outages } from './outages.ts';

const policy = policyOf(RotationConfig.parse({ retryFirstSeconds: 2, retryLastSeconds: 10 }));

it('one user that does not go, however often, says nothing of its target', () => {
  const outages = new Outages(policy);
  for (let times = 0; times < 5; times++) outages.failed('db', 'one', times, 0);
  expect(outages.waitOf('db', 5)).toBe(0);
});

it('two users that do not go say that their target is away, for longer each time, and no other', () => {
  const outages = new Outages(policy);
  const waits = [0, 100_000, 200_000, 300_000].map((now) => {
    for (const name of ['one', 'two']) outages.failed('db', name, now, 0);
    return outages.waitOf('db', now);
  });
  expect(waits).toEqual([2_000, 4_000, 8_000, 10_000]);
  expect([outages.waitOf('db', 305_000), outages.waitOf('other', 300_000)]).toEqual([5_000, 0]);
});

it('a target that answered is there', () => {
  const outages = new Outages(policy);
  for (const name of ['one', 'two']) outages.failed('db', name, 0, 0);
  outages.worked('db');
  outages.failed('db', 'three', 0, 0);
  expect(outages.waitOf('db', 0)).toBe(0);
});

it('a gate lets so many in at once, has so many wait, in their order, and refuses the rest', async () => {
  const gate = new Gate(2, 2);
  const order: number[] = [];
  let most = 0;
  let inside = 0;
  const asked = [0, 1, 2, 3, 4].map((number) =>
    gate.pass(async () => {
      most = Math.max(most, ++inside);
      order.push(number);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      if (number === 1) throw new Error('fails');
    }),
  );
  const told = await Promise.allSettled(asked);
  expect(told.map(({ status }) => status)).toEqual([
    ...(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'rejected'] as const),
  ]);
  expect(told[4]).toMatchObject({ reason: { code: 'secrets/leases-too-many' } });
  expect([order, most]).toEqual([[0, 1, 2, 3], 2]);
});
