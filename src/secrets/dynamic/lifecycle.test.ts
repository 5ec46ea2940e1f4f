import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { RotationConfig, type TargetTrouble } from '../rotation/index.ts';
import { DynamicConfig, leasePolicyOf } from './config.ts';
import { isLive, step } from './lifecycle.ts';
import { Lease, type LeaseEvent } from './model.ts';
import { drawInstallation, drawUsername, isOwn } from './usernames.ts';
import { waitOf } from './waiting.ts';

const START = Date.UTC(2026, 0, 5, 12);
const BY = { actor: 'ada', reason: '' };
const POLICY = leasePolicyOf(DynamicConfig.parse({}), RotationConfig.parse({}));
const iso = (at: number) => new Date(at).toISOString();

const PENDING: Lease = {
  ...{ id: 'lease', role: 'a/b/c/role', service: 'a/b/c', spiffeId: 'spiffe://a/c' },
  ...{ username: 'reeve_c_x', createdAt: iso(START), expiresAt: iso(START + 600_000) },
  ...{ endsAt: iso(START + 6_000_000), maxTtlSeconds: 3_600, renewals: 0, state: 'pending' },
  ...{ why: null, endedAt: null, removal: null },
  taken: { by: 'one', until: iso(START + 45_000) },
};

const holders = fc.constantFrom('one', 'two');
const troubles = fc.constantFrom<TargetTrouble>(
  ...(['unreachable', 'refused', 'denied', 'changed', 'invalid'] as const),
);
const events: fc.Arbitrary<LeaseEvent> = fc.oneof(
  holders.map((holder) => ({ event: 'made', holder }) as const),
  holders.map((holder) => ({ event: 'unmade', holder, problem: 'x' }) as const),
  fc
    .integer({ min: 0, max: 4_000_000 })
    .map((after) => ({ event: 'renew', expiresAt: START + after, by: BY }) as const),
  fc.constantFrom('released' as const, 'revoked' as const).map((why) => {
    return { event: 'end', why, by: BY } as const;
  }),
  fc
    .constantFrom(undefined, PENDING.expiresAt)
    .map((expired) => ({ event: 'due', expired }) as const),
  holders.map((holder) => ({ event: 'take', holder }) as const),
  holders.map((holder) => ({ event: 'release', holder }) as const),
  holders.map((holder) => ({ event: 'removed', holder }) as const),
  fc.tuple(holders, troubles).map(([holder, trouble]) => {
    return { event: 'failed', holder, trouble, problem: 'x', hint: undefined } as const;
  }),
  fc.constant({ event: 'retry', by: BY } as const),
  fc.constant({ event: 'abandon', by: BY } as const),
);
/** Events with the time that has passed before each; the clock may be set back. */
const lives = fc.array(fc.tuple(events, fc.integer({ min: -90_000, max: 90_000 })), {
  maxLength: 40,
});

/** Each lease of a life, with the event that led there. */
function* live(life: readonly (readonly [LeaseEvent, number])[]) {
  let lease = PENDING;
  let wall = START;
  for (const [event, passed] of life) {
    wall += passed;
    const before = lease;
    try {
      const next = step(before, event, { wall, lot: 0.5 }, POLICY);
      if (next.lease === undefined) return;
      lease = next.lease;
      const { isTaken, entries } = next;
      yield { before, lease, event, wall, isTaken, entries };
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.code !== 'secrets/lease-conflict') throw thrown;
    }
  }
}

describe('whatever happens to a lease, in whatever order', () => {
  it('it is one that can be read again, and only what changed is told', () => {
    fc.assert(
      fc.property(lives, (life) => {
        for (const { before, lease, entries, event } of live(life)) {
          expect(Lease.parse(lease)).toEqual(lease);
          const isSilent = event.event === 'take' || event.event === 'release';
          // who asks is told of, though it comes to nothing
          const isAsked = event.event === 'retry' || event.event === 'renew';
          const isTold = isAsked || (lease !== before && !isSilent);
          expect(entries.length).toBe(isTold ? 1 : 0);
        }
      }),
    );
  });

  it('it has ended only by an answer of who had taken it, and is never live again', () => {
    fc.assert(
      fc.property(lives, (life) => {
        let isOver = false;
        for (const { before, lease, event } of live(life)) {
          if (isOver) expect(isLive(lease)).toBe(false);
          isOver ||= !isLive(lease);
          if (lease.state !== 'ended' || before.state === 'ended') continue;
          expect(event).toEqual({ event: 'removed', holder: before.taken?.by });
        }
      }),
    );
  });

  it('nobody goes to its target while another may be there', () => {
    fc.assert(
      fc.property(lives, (life) => {
        for (const { before, event, wall, isTaken } of live(life)) {
          if (!isTaken || event.event !== 'take' || before.taken === null) continue;
          const left = Date.parse(before.taken.until) - wall;
          const isOwnClaim = before.taken.by === event.holder;
          expect(isOwnClaim || left <= 0 || left > POLICY.claim + 60_000).toBe(true);
        }
      }),
    );
  });

  it('somebody looks at it again, unless it waits for a person', () => {
    fc.assert(
      fc.property(lives, (life) => {
        for (const { lease, wall } of live(life)) {
          const wait = waitOf(lease, 'one', wall, POLICY);
          const isForPerson = lease.state === 'abandoned' || lease.removal?.waits === true;
          expect(wait === undefined).toBe(isForPerson);
          const longest = Math.max(POLICY.retryLast, POLICY.endedKept, lease.maxTtlSeconds * 1_000);
          if (wait !== undefined) expect(wait).toBeLessThanOrEqual(longest + 60_000);
        }
      }),
    );
  });
});

describe('names of users', () => {
  const random = (bytes: number) => Buffer.alloc(bytes, 7);

  it.each([
    ['production/shop/orders', 'reeve_orders_'],
    ['production/shop/Orders-API.v2', 'reeve_orders_api_v2_'],
    [`production/shop/${'x'.repeat(300)}`, `reeve_${'x'.repeat(28)}_`],
    ['production/shop/Ä"; drop', 'reeve__drop_'],
    ['', 'reeve_service_'],
  ])('of %s begin with %s', (service, start) => {
    const name = drawUsername(service, drawInstallation(random), random);
    expect(name.startsWith(start)).toBe(true);
  });

  it('are plain, short, and known again by the Reeve that drew them alone', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(fc.string(), bytes, (service, by) => {
        const draw = (count: number) => Buffer.from(by.subarray(0, count));
        const installation = drawInstallation(draw);
        const name = drawUsername(service, installation, draw);
        expect(name).toMatch(/^reeve_[a-z0-9_]{1,28}_[a-z2-7]{22}$/);
        expect(isOwn(name, installation)).toBe(true);
        expect(isOwn(name, installation === 'aaaaaa' ? 'bbbbbb' : 'aaaaaa')).toBe(false);
      }),
    );
  });
});
