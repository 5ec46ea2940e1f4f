import { expect, it } from 'vitest';
import type { RotationPlan } from '../../secrets/model/index.ts';
import { LazyRotators } from './lazy-rotators.ts';
import { checkPlan } from './plans.ts';

const SECRET = 'production/shop/orders/db';
const TERMS = { rotators: new LazyRotators({}), delivers: true, isKnown: async () => true };
const planOf = (rotator: string, config: unknown): RotationPlan => ({
  ...{ rotator, config, admin: null, everySeconds: 86_400, overlapSeconds: 3_600 },
  ...{ jitter: 0, windows: [], deliver: [] },
});
const POSTGRES = {
  host: 'db.internal',
  database: 'orders',
  accounts: { strategy: 'single', user: 'orders' },
};

it('takes a plan that can be carried out', async () => {
  await expect(checkPlan(SECRET, planOf('postgres', POSTGRES), TERMS)).resolves.toBeUndefined();
});

it.each<[string, string, object, string]>([
  ['what is missing', 'postgres', { ...POSTGRES, host: undefined }, '`host`: expected string'],
  ['another type', 'postgres', { ...POSTGRES, port: '1' }, '`port`: expected number, received str'],
  ['what is too much', 'postgres', { ...POSTGRES, port: 99_999 }, '`port`: Too big: expected n'],
  ['a name of none', 'postgres', { ...POSTGRES, hots: 'x' }, 'there is no setting `hots`'],
  [
    'another form',
    'postgres',
    { ...POSTGRES, accounts: { strategy: 'some' } },
    "`accounts.strategy`: Invalid discriminator value. Expected 'single' | 'alternating'",
  ],
  [
    'what does not go together',
    'redis',
    { host: 'cache', accounts: { strategy: 'alternating', users: ['default', 'b'] } },
    '`accounts.users`: the user `default` is of whoever',
  ],
  [
    'more than a line holds',
    'postgres',
    { ...POSTGRES, host: 1, port: 0, database: 1, connectSeconds: 0, requestSeconds: 0, tls: 1 },
    '; and 1 more',
  ],
  ['names with control characters', 'postgres', { ...POSTGRES, 'a\u001b[2J': 1 }, 'a\\u001b[2J'],
])('says of a configuration what was expected: %s', async (_what, rotator, config, said) => {
  const refused = checkPlan(SECRET, planOf(rotator, config), TERMS);
  await expect(refused).rejects.toMatchObject({
    code: 'secrets/plan-invalid',
    message: expect.stringContaining(said),
    hint: expect.stringContaining(`reeve secret rotators ${rotator}`),
  });
});

it('tells no value of a configuration', async () => {
  const value = 'hunter2-and-more';
  const config = {
    ...{ host: value.repeat(20), port: value, database: `${value}\n`, tls: value, caFile: [value] },
    ...{ accounts: { strategy: value }, password: { alphabet: `${value}"`, length: value } },
  };
  for (const rotator of ['postgres', 'mysql', 'rabbitmq', 'redis', 'kv']) {
    const plan = { ...planOf(rotator, config), admin: `${SECRET}-admin` };
    const refused = await checkPlan(SECRET, plan, TERMS).catch((thrown: Error) => thrown.message);
    expect(refused).toContain('is wrong');
    expect(refused).not.toContain('hunter2');
  }
});
