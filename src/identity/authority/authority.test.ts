import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { AuthorityConfig, type AuthorityKind, MAX_AUTHORITIES, policyOf } from './index.ts';
import { activateAt, isUsable, longestTtlOf } from './policy.ts';
import { World } from './testing/world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const config = AuthorityConfig.parse({});
const policy = policyOf(config);
const by = { actor: 'admin', reason: 'a laptop was stolen' };
const HINT = config.refreshHintSeconds * SECOND;

let world: World;
beforeEach(() => {
  world = new World(policy);
});

/** Passes time with a tick each minute. */
function passMinutes(count: number): void {
  for (let minute = 0; minute < count; minute++) world.pass(MINUTE);
}
const statuses = (kind: AuthorityKind) => world.of(kind).map(({ id, status }) => `${id} ${status}`);

describe('the life of an authority', () => {
  it('begins at once where there is none: it is made, published, and signs', () => {
    world.tick();
    expect(statuses('x509')).toEqual(['x509-1 active']);
    expect(statuses('jwt')).toEqual(['jwt-1 active']);
    expect(world.actions()).toEqual([
      'authority.prepare x509-1',
      'authority.publish x509-1',
      'authority.activate x509-1',
      'authority.prepare jwt-1',
      'authority.publish jwt-1',
      'authority.activate jwt-1',
    ]);
  });

  it.each([
    ['half of a day', 12 * HOUR - MINUTE, ['x509-1 active']],
    ['and its successor is published', 12 * HOUR, ['x509-1 active', 'x509-2 published']],
    ['until a sixth is left', 20 * HOUR - MINUTE, ['x509-1 active', 'x509-2 published']],
    ['when the successor signs', 20 * HOUR, ['x509-1 retired', 'x509-2 active']],
    [
      'and it stays while what it signed is valid',
      24 * HOUR + 2 * MINUTE,
      ['x509-1 retired', 'x509-2 active', 'x509-3 published'],
    ],
    ['and then is gone', 24 * HOUR + 4 * MINUTE, ['x509-2 active', 'x509-3 published']],
  ])('lasts %s', (_, time, expected) => {
    world.tick();
    passMinutes(time / MINUTE);
    expect(statuses('x509')).toEqual(expected);
  });

  it('has a sequence number for each change of the bundle, and forgets the key of what is gone', () => {
    world.tick();
    passMinutes(25 * 60);
    const published = world.effects.flatMap((effect) =>
      effect.effect === 'publish' ? [effect.sequence] : [],
    );
    expect(published).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(world.state.sequence).toBe(7);
    expect(world.effects.filter(({ effect }) => effect === 'forget')).toEqual([
      { effect: 'forget', kind: 'x509', id: 'x509-1' },
      { effect: 'forget', kind: 'jwt', id: 'jwt-1' },
    ]);
  });

  it.each([
    ['a year', 365 * DAY, 335 * DAY, 358 * DAY],
    ['ten days', 10 * DAY, 5 * DAY, 10 * DAY - (10 * DAY) / 6],
  ])(
    'of %s is prepared 30 days before its end and signs 7 days before, at most',
    (_, life, prepared, active) => {
      const lifetimes = { x509: { authority: life }, jwt: { authority: DAY } };
      world = new World({ ...policy, lifetimes });
      world.tick();
      world.pass(prepared - HOUR);
      expect(world.of('x509')).toHaveLength(1);
      world.pass(HOUR);
      expect(statuses('x509')).toEqual(['x509-1 active', 'x509-2 published']);
      world.pass(active - prepared - HOUR);
      expect(statuses('x509')).toEqual(['x509-1 active', 'x509-2 published']);
      world.pass(HOUR);
      expect(statuses('x509')).toEqual(['x509-1 retired', 'x509-2 active']);
    },
  );

  it('never goes on to a successor that is not long enough in the bundle', () => {
    world.isBroken = true;
    world.tick();
    world.isBroken = false;
    world.pass(SECOND);
    passMinutes(12 * 60 - 2);
    world.isBroken = true;
    passMinutes(8 * 60 + 5);
    world.isBroken = false;
    // failures wait up to five minutes for the next attempt
    for (let passed = 0; world.of('x509').length === 1 && passed < 10; passed++) world.pass(MINUTE);
    expect(statuses('x509')).toEqual(['x509-1 active', 'x509-2 published']);
    world.pass(HINT + policy.skew - SECOND);
    expect(statuses('x509')[1]).toBe('x509-2 published');
    world.pass(SECOND);
    expect(statuses('x509')[1]).toBe('x509-2 active');
  });

  it('is tried again later and later where it cannot be made, and the audit log says why', () => {
    world.isBroken = true;
    const attempts = () => world.effects.filter(({ effect }) => effect === 'prepare').length;
    const counts = [0, 1, 2, 4, 8, 16].map((seconds) => {
      world.pass(seconds * SECOND);
      world.pass(0);
      return attempts() / 2;
    });
    expect(counts).toEqual([1, 2, 3, 4, 5, 6]);
    world.pass(MINUTE);
    const before = attempts();
    for (let minute = 0; minute < 20; minute++) world.pass(MINUTE);
    expect(attempts() - before).toBeLessThanOrEqual(12);
    const entry = world.effects.find((effect) => effect.effect === 'audit');
    expect(entry).toMatchObject({
      entry: { action: 'authority.prepare-failed', detail: { kind: 'x509', why: 'it is broken' } },
    });
  });

  it('that begins in a moment is waited for, and not made twice', () => {
    world.beginsAfter = 30 * SECOND;
    world.tick();
    world.pass(29 * SECOND);
    expect(statuses('x509')).toEqual(['x509-1 published']);
    world.pass(SECOND);
    expect(statuses('x509')).toEqual(['x509-1 active']);
  });

  it('ends early where somebody wants another, a refresh hint after that is published', () => {
    world.tick();
    world.send({ event: 'rotate', kind: 'x509', by });
    world.send({ event: 'rotate', kind: 'x509', by });
    expect(statuses('x509')).toEqual(['x509-1 active', 'x509-2 published']);
    passMinutes(5);
    expect(statuses('x509')[0]).toBe('x509-1 active');
    passMinutes(1);
    expect(statuses('x509')).toEqual(['x509-1 retired', 'x509-2 active']);
    passMinutes(60);
    expect(world.of('x509')).toHaveLength(2);
    expect(statuses('jwt')).toEqual(['jwt-1 active']);
    expect(world.actions().filter((action) => action.startsWith('authority.rotate'))).toHaveLength(
      1,
    );
  });

  it('is not made of more than there may be', () => {
    world.tick();
    for (let turn = 0; turn < 40; turn++) {
      world.offset += turn % 2 === 0 ? 30 * DAY * (turn + 1) : -30 * DAY * (turn + 1);
      world.pass(SECOND);
      expect(world.of('x509').length).toBeLessThanOrEqual(MAX_AUTHORITIES);
    }
  });
});

describe('a compromised authority', () => {
  const reissued = () =>
    world.effects.flatMap((effect) => (effect.effect === 'reissue' ? [effect.id] : []));

  it('signs on in order until its successor is known, and is then out of the bundle', () => {
    world.tick();
    world.send({ event: 'taint', id: 'x509-1', pace: 'orderly', by });
    expect(statuses('x509')).toEqual(['x509-1 active', 'x509-2 published']);
    expect(reissued()).toEqual([]);
    passMinutes(6);
    expect(statuses('x509')).toEqual(['x509-1 retired', 'x509-2 active']);
    expect(reissued()).toEqual(['x509-1']);
    world.pass(policy.reissue - SECOND);
    expect(world.of('x509')).toHaveLength(2);
    world.pass(SECOND);
    expect(statuses('x509')).toEqual(['x509-2 active']);
    expect(world.bundleAt(world.at)).toEqual(new Set(['x509-2', 'jwt-1'].map(world.contentOf)));
  });

  it('is followed at once by a successor that is known already', () => {
    world.tick();
    passMinutes(13 * 60);
    world.send({ event: 'taint', id: 'x509-1', pace: 'orderly', by });
    expect(statuses('x509')).toEqual(['x509-1 retired', 'x509-2 active']);
    expect(reissued()).toEqual(['x509-1']);
  });

  it('signs nothing more where it is urgent', () => {
    world.tick();
    world.send({ event: 'taint', id: 'jwt-1', pace: 'orderly', by });
    world.send({ event: 'taint', id: 'jwt-1', pace: 'urgent', by });
    expect(statuses('jwt')).toEqual(['jwt-1 retired', 'jwt-2 active']);
    world.pass(policy.reissue);
    expect(statuses('jwt')).toEqual(['jwt-2 active']);
  });

  it('goes though it signs nothing more, and its key is denied until it has expired', () => {
    world.tick();
    passMinutes(21 * 60);
    expect(statuses('x509')).toEqual(['x509-1 retired', 'x509-2 active']);
    const { notAfter } = world.of('x509')[0] ?? { notAfter: 0 };
    world.send({ event: 'taint', id: 'x509-1', pace: 'orderly', by });
    expect(reissued()).toEqual(['x509-1']);
    world.pass(policy.reissue);
    expect(statuses('x509')).toEqual(['x509-2 active']);
    const denial = { deny: 'key', why: 'cACompromise', until: notAfter + policy.skew };
    expect(world.state.revocation.denials).toMatchObject([denial]);
    expect(world.effects.find(({ effect }) => effect === 'deny')).toMatchObject({
      sequence: 1,
      added: [denial],
    });
    passMinutes(4 * 60);
    expect(world.state.revocation).toEqual({ sequence: 2, denials: [] });
  });

  it('that never signed goes at once, and another is made', () => {
    world.tick();
    passMinutes(12 * 60);
    expect(statuses('x509')[1]).toBe('x509-2 published');
    world.send({ event: 'taint', id: 'x509-2', pace: 'orderly', by });
    expect(statuses('x509')).toEqual(['x509-1 active', 'x509-3 published']);
    expect(reissued()).toEqual([]);
  });

  it('must be one that there is', () => {
    expect(() => world.send({ event: 'taint', id: 'x\u0000', pace: 'urgent', by })).toThrow(
      expect.objectContaining({
        code: 'identity/authority-not-found',
        message: 'There is no authority `x\\u0000`',
      }),
    );
  });
});

describe('clocks', () => {
  it('that are a day ahead, and then right again, bring back the authority that everybody knows', () => {
    world.tick();
    passMinutes(60);
    world.offset = DAY;
    world.pass(MINUTE);
    expect(statuses('x509')).toEqual(['x509-1 retired', 'x509-2 active']);
    world.offset = 0;
    world.pass(MINUTE);
    expect(statuses('x509')).toEqual(['x509-1 active', 'x509-2 retired']);
  });

  it('that jump do not make a key known to anybody', () => {
    world.tick();
    world.send({ event: 'rotate', kind: 'x509', by });
    world.offset = HOUR;
    world.pass(MINUTE);
    expect(statuses('x509')).toEqual(['x509-1 active', 'x509-2 published']);
  });
});

type Happening =
  | { readonly do: 'pass' | 'sleep' | 'restart' | 'jump'; readonly by: number }
  | { readonly do: 'rotate'; readonly kind: AuthorityKind }
  | { readonly do: 'taint'; readonly which: number; readonly isUrgent: boolean }
  | { readonly do: 'break'; readonly isBroken: boolean };

const passing = fc.constantFrom(SECOND, 29 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 5 * HOUR);
const jumping = fc.constantFrom(-DAY, -HOUR, -MINUTE, MINUTE, HOUR, DAY);
const kinds = fc.constantFrom<AuthorityKind>('x509', 'jwt');
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('pass' as const), by: passing }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('jump' as const), by: jumping }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('sleep' as const, 'restart' as const),
      by: fc.constantFrom(SECOND, HOUR, DAY),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rotate' as const), kind: kinds }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('taint' as const),
      which: fc.nat(6),
      isUrgent: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('break' as const), isBroken: fc.boolean() }),
  },
);

interface Held {
  readonly issuer: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

function make(happening: Happening): void {
  switch (happening.do) {
    case 'pass':
      world.pass(happening.by);
      break;
    case 'sleep':
      world.sleep(happening.by);
      break;
    case 'restart':
      world.restart(happening.by);
      break;
    case 'jump':
      world.offset += happening.by;
      world.tick();
      break;
    case 'rotate':
      world.send({ event: 'rotate', kind: happening.kind, by });
      break;
    case 'break':
      world.isBroken = happening.isBroken;
      world.tick();
      break;
    case 'taint': {
      const chosen = world.state.authorities[happening.which];
      const pace = happening.isUrgent ? 'urgent' : 'orderly';
      if (chosen) world.send({ event: 'taint', id: chosen.id, pace, by });
    }
  }
}

/** Workloads that take whatever they are given, hold it until it has expired by a clock that is behind,
 *  and fetch anew when they are told to. */
class Workloads {
  held: Held[] = [];
  /** When an authority was activated though nobody could know of it: there was no other. */
  readonly emergencies = new Map<string, number>();

  constructor() {
    world.onStep = (before, effects) => {
      for (const effect of effects) {
        if (effect.effect === 'reissue') {
          this.held = this.held.filter(({ issuer }) => issuer !== effect.id);
        }
        if (effect.effect !== 'activated') continue;
        const last = before.authorities.find(
          ({ kind, status }) => kind === effect.kind && status === 'active',
        );
        const tainted = world.state.authorities.find(({ id }) => id === last?.id);
        const couldSign =
          last && isUsable(last, world.now.wall, policy) && tainted?.taint !== 'urgent';
        if (!couldSign) this.emergencies.set(effect.id, world.at);
      }
    };
  }

  fetch(kind: AuthorityKind): void {
    const active = world.active(kind);
    const { wall } = world.now;
    if (!active || !isUsable(active, wall, policy)) return;
    const notBefore = wall - MINUTE;
    const notAfter = Math.min(wall + longestTtlOf(active), active.notAfter);
    // what is not valid by the workload's own clock is of no use to it
    if (notBefore > world.at + policy.skew || notAfter < world.at - policy.skew) return;
    this.held.push({ issuer: active.id, notBefore, notAfter });
  }

  check(): void {
    this.held = this.held.filter(({ notAfter }) => notAfter >= world.at - policy.skew);
    for (const { issuer } of this.held) {
      const content = world.contentOf(issuer);
      expect(world.bundleAt(world.at)).toContain(content);
      if ((this.emergencies.get(issuer) ?? -Infinity) + HINT >= world.at) continue;
      expect(world.bundleAt(world.at - HINT)).toContain(content);
    }
  }
}

describe('whatever happens, and whatever clocks show', () => {
  it('every SVID verifies with the bundle of now, and with that of a refresh hint ago', () => {
    let checked = 0;
    fc.assert(
      fc.property(fc.array(happening, { minLength: 5, maxLength: 60 }), (happenings) => {
        world = new World(policy);
        const workloads = new Workloads();
        world.tick();
        for (const one of happenings) {
          make(one);
          for (const kind of ['x509', 'jwt'] as const) workloads.fetch(kind);
          workloads.check();
          checked += workloads.held.length;
        }
      }),
      { numRuns: 400 },
    );
    expect(checked).toBeGreaterThan(10_000);
  });

  it('there is one active authority of each kind, and what is published is in order', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        world = new World(policy);
        let sequence = 0;
        world.onStep = (before, effects) => {
          const changed = effects.some(({ effect }) => effect === 'publish');
          expect(world.state.sequence - before.sequence).toBe(changed ? 1 : 0);
          expect(world.state.sequence).toBeGreaterThanOrEqual(sequence);
          sequence = world.state.sequence;
          for (const kind of ['x509', 'jwt'] as const) {
            const all = world.of(kind);
            expect(all.filter(({ status }) => status === 'active').length).toBeLessThanOrEqual(1);
            expect(all.length).toBeLessThanOrEqual(MAX_AUTHORITIES);
          }
        };
        for (const one of happenings) make(one);
        world.isBroken = false;
        // the longest wait for the next attempt
        world.pass(5 * MINUTE);
        world.pass(5 * MINUTE);
        for (const kind of ['x509', 'jwt'] as const) {
          const active = world.active(kind);
          const isFull = world.of(kind).length === MAX_AUTHORITIES;
          expect(isFull || (active && isUsable(active, world.now.wall, policy))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('an authority signs for the whole of what it may give, in ordinary times', () => {
    world.tick();
    for (let hour = 0; hour < 24 * 5; hour++) {
      world.pass(HOUR);
      const active = world.active('x509');
      expect(active && active.notAfter - world.at).toBeGreaterThanOrEqual(3 * HOUR);
      expect(active && activateAt(active)).toBeGreaterThan(world.at);
    }
  });
});
