import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import type { SecretEvent } from './index.ts';
import type { Misbehaviour } from './testing/model-target.ts';
import { BY, ID, OVERLAP_SECONDS, World } from './testing/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What may happen to a secret. */
type Happening =
  | { readonly what: 'pass'; readonly hours: number }
  | { readonly what: 'send'; readonly event: SecretEvent }
  | { readonly what: 'put' }
  | { readonly what: 'misbehave'; readonly how: readonly Misbehaviour[] }
  | { readonly what: 'down' | 'up' | 'lose' | 'fail' }
  | { readonly what: 'kill'; readonly after: number }
  | { readonly what: 'clock'; readonly days: number };

const versions = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 2 });
const events: fc.Arbitrary<SecretEvent> = fc.oneof(
  fc.constant<SecretEvent>({ event: 'rotate', by: BY }),
  fc.constant<SecretEvent>({ event: 'cancel', by: BY }),
  fc.constant<SecretEvent>({ event: 'retry', by: BY }),
  versions.map((list): SecretEvent => ({ event: 'leak', versions: list, by: BY })),
  versions.map((list): SecretEvent => ({ event: 'destroy', versions: list, by: BY })),
  fc
    .integer({ min: 1, max: 9 })
    .map((version): SecretEvent => ({ event: 'abandon', version, by: BY })),
);
const troubles: fc.Arbitrary<Misbehaviour> = fc.constantFrom(
  ...([
    'unreachable',
    'refused',
    'half',
    'half-refused',
    'denied',
    'changed',
    'invalid',
    'odd',
  ] as const),
);
const happenings: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ what: fc.constant('pass'), hours: fc.integer({ min: 0, max: 30 }) }),
  },
  { weight: 6, arbitrary: fc.record({ what: fc.constant('send'), event: events }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('misbehave'),
      how: fc.array(troubles, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constantFrom('down', 'up', 'up', 'lose', 'fail') }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ what: fc.constant('kill'), after: fc.integer({ min: 0, max: 12 }) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('put') }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('clock'), days: fc.integer({ min: -40, max: 3 }) }),
  },
) as fc.Arbitrary<Happening>;

/** What people ask for may make no sense as things stand, and the store may be away: nothing has changed then. */
async function asked(work: Promise<unknown>): Promise<void> {
  await work.catch((thrown) => {
    if (!(thrown instanceof Fault)) throw thrown;
  });
}

async function happen(world: World, one: Happening): Promise<void> {
  switch (one.what) {
    case 'pass':
      // in steps, so that consumers read again within the overlap
      for (let passed = 0; passed < one.hours; passed++) await world.pass(HOUR);
      break;
    case 'send':
      await asked(world.send(one.event));
      break;
    case 'put':
      await putByHand(world);
      break;
    case 'misbehave':
      world.target.misbehaves.push(...one.how);
      break;
    case 'down':
    case 'up':
      world.target.isDown = one.what === 'down';
      break;
    case 'lose':
    case 'fail':
      world.store.fails = one.what === 'lose' ? 'after' : 'before';
      break;
    case 'kill': {
      let left = one.after;
      world.isKilledAt = () => left-- === 0;
      break;
    }
    case 'clock':
      world.wall += one.days * DAY;
  }
}

/** A person makes the target take another value, and gives that. */
async function putByHand(world: World): Promise<void> {
  const value = `by-hand-${world.store.log.length}`;
  world.target.accepted.add(value);
  try {
    await world.process.keeping.put(ID, { value }, BY);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const { secret } = world.store.peek('secret', ID) as {
      secret: Parameters<World['valueOf']>[0];
    };
    const isKept = secret.versions.some(({ number }) => world.valueOf(secret, number) === value);
    if (!isKept) world.target.accepted.delete(value);
  }
  await world.goOn();
}

/** All is well again, and long enough. */
async function settle(world: World): Promise<void> {
  world.isKilledAt = () => false;
  world.target.isDown = false;
  world.target.misbehaves.length = 0;
  world.store.fails = undefined;
  for (let turn = 0; turn < 4; turn++) {
    await asked(world.send({ event: 'retry', by: BY }));
    await world.passMinutes(3 * 60, 60);
  }
  await asked(world.send({ event: 'rotate', by: BY }));
  await world.passMinutes((2 * OVERLAP_SECONDS) / 60 + 120, 60);
}

describe('whatever happens to a secret', () => {
  it('who reads its current value gets one that works, and in the end nothing else works', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happenings, { minLength: 1, maxLength: 25 }), async (all) => {
        const world = new World();
        await world.withSecret();
        const unserved: string[] = [];
        world.watch = (moment) => {
          if (!world.isServed()) unserved.push(JSON.stringify(moment));
        };
        for (const one of all) await happen(world, one);
        expect(unserved).toEqual([]);
        await settle(world);
        const secret = await world.secret();
        expect(secret).toMatchObject({ run: null, taken: null });
        expect(secret.versions.filter(({ revocation }) => revocation)).toEqual([]);
        expect([...world.target.accepted]).toEqual([world.valueOf(secret, secret.labels.current)]);
        expect(await world.process.keeping.underWay()).toEqual([]);
        expect(world.target.mostAtOnce).toBe(1);
      }),
      { numRuns: 60 },
    );
  });
});
