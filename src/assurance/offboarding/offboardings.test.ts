import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryDocuments } from '../../estate/store/testing/memory-documents.ts';
import { type Leaving, type Left, Offboardings, type Retirer } from './index.ts';

const ORDERS = { kind: 'service', name: 'production/shop/orders' } as const;
const by = { actor: 'ana', reason: 'replaced' };
const leftOf = (id: string, said: Partial<Left> = {}): Left => ({
  ...{ id, what: `end ${id}`, where: null, isUnderWay: false, problem: null },
  ...said,
});

/** A domain with things of services. */
class Domain implements Retirer {
  readonly kind: string;
  readonly has: Map<string, Left>;
  readonly retired: string[] = [];
  fails = false;

  constructor(kind: string, ...ids: readonly string[]) {
    this.kind = kind;
    this.has = new Map(ids.map((id) => [id, leftOf(id)]));
  }

  async left(_leaving?: Leaving): Promise<readonly Left[]> {
    return [...this.has.values()];
  }

  async retire(id: string): Promise<void> {
    if (this.fails) throw new Error('away');
    this.retired.push(id);
    this.has.delete(id);
  }
}

let store: MemoryDocuments;
let identities: Domain;
let secrets: Domain;
let byHand: Left[];
let warnings: string[];
let retired: string[] = [];
const open = () =>
  new Offboardings({
    store,
    retirers: [identities, secrets, { kind: 'declaration', left: async () => byHand }],
    servicesOf: async ({ kind, name }) => (kind === 'service' ? [name] : ['b', 'a']),
    onRetired: (services) => {
      retired = [...services];
    },
    clock: () => Date.UTC(2026, 0, 5),
    warn: (message) => warnings.push(message),
  });

beforeEach(() => {
  store = new MemoryDocuments();
  identities = new Domain('identity', 'i2', 'i1');
  secrets = new Domain('secret', 's1');
  byHand = [];
  warnings = [];
});

describe('retiring a service', () => {
  it('shows what it takes, domain by domain, and does nothing yet', async () => {
    byHand = [leftOf('d1', { where: 'orders/reeve.yaml:1' })];
    const { services, steps } = await open().plan(ORDERS);
    expect(services).toEqual(['production/shop/orders']);
    expect(steps.map(({ kind, id, isByHand }) => [kind, id, isByHand])).toEqual([
      ['identity', 'i1', false],
      ['identity', 'i2', false],
      ['secret', 's1', false],
      ['declaration', 'd1', true],
    ]);
    expect([identities.retired, store.log]).toEqual([[], []]);
  });

  it('does what was shown, and verifies that nothing is left', async () => {
    const { digest } = await open().plan(ORDERS);
    const done = await open().begin(ORDERS, digest, by);
    expect([done.left, done.verifiedAt]).toEqual([[], '2026-01-05T00:00:00.000Z']);
    expect(store.log.map(({ action, actor }) => [action, actor])).toEqual([
      ['offboarding.begin', 'ana'],
      ['offboarding.verify', 'reeve'],
    ]);
  });

  it('does nothing that was not shown', async () => {
    const { digest } = await open().plan(ORDERS);
    secrets.has.set('s2', leftOf('s2'));
    await expect(open().begin(ORDERS, digest, by)).rejects.toThrow(
      'has changed since it was shown',
    );
    expect([identities.retired, store.log]).toEqual([[], []]);
  });

  it('goes on where it was stopped, and tries again what failed', async () => {
    secrets.fails = true;
    const { digest } = await open().plan(ORDERS);
    const begun = await open().begin(ORDERS, digest, by);
    expect([begun.verifiedAt, begun.left.map(({ id }) => id)]).toEqual([null, ['s1']]);
    expect(warnings).toEqual(['Not retired yet: secret s1: away']);
    secrets.fails = false;
    await open().resume();
    expect((await open().get(begun.id)).verifiedAt).not.toBeNull();
  });

  it('leaves alone what is under way, and is not done before that ends', async () => {
    secrets.has.set('s1', leftOf('s1', { isUnderWay: true, problem: 'the target is away' }));
    const { digest } = await open().plan(ORDERS);
    const { id, verifiedAt } = await open().begin(ORDERS, digest, by);
    expect([verifiedAt, secrets.retired]).toEqual([null, []]);
    secrets.has.clear();
    await open().resume();
    expect((await open().get(id)).verifiedAt).not.toBeNull();
  });

  it('waits for what people have to do, and opens again what comes back', async () => {
    byHand = [leftOf('d1')];
    const { digest } = await open().plan(ORDERS);
    const { id, verifiedAt } = await open().begin(ORDERS, digest, by);
    byHand = [];
    await open().resume();
    const verified = (await open().get(id)).verifiedAt;
    byHand = [leftOf('d2')];
    await open().resume();
    expect([verifiedAt, typeof verified, (await open().get(id)).verifiedAt]).toEqual([
      null,
      'string',
      null,
    ]);
    expect(store.log.at(-1)?.action).toBe('offboarding.reopen');
  });

  it('can be taken back', async () => {
    const { digest } = await open().plan(ORDERS);
    const { id } = await open().begin(ORDERS, digest, by);
    expect(retired).toEqual([ORDERS.name]);
    await open().cancel(id, by);
    expect([retired, await open().list()]).toEqual([[], []]);
    await expect(open().cancel(id, by)).rejects.toThrow('There is no');
  });

  it('is not begun anew by a look that was under way when it was taken back', async () => {
    byHand = [leftOf('d1')];
    const { digest } = await open().plan(ORDERS);
    const { id } = await open().begin(ORDERS, digest, by);
    byHand = [];
    const looking = open();
    const look = looking.resume();
    await open().cancel(id, by);
    await look.catch(() => undefined);
    expect(await open().list()).toEqual([]);
  });

  it('is known to whoever asks as soon as it has begun, whatever look was under way', async () => {
    const { digest } = await open().plan(ORDERS);
    const read = store.documents.bind(store);
    const slow = Promise.withResolvers<void>();
    store.documents = async (kind) => {
      const found = await read(kind);
      store.documents = read;
      await slow.promise;
      return found;
    };
    const offboardings = open();
    const look = offboardings.resume();
    const begun = offboardings.begin(ORDERS, digest, by);
    await setImmediate();
    slow.resolve();
    await Promise.all([look, begun]);
    expect(retired).toEqual([ORDERS.name]);
  });

  it('goes on though another cannot be looked at', async () => {
    const other = { kind: 'service', name: 'production/shop/a' } as const;
    for (const one of [other, ORDERS]) {
      await open().begin(one, (await open().plan(one)).digest, by);
    }
    const { left } = secrets;
    secrets.has.set('s1', leftOf('s1'));
    secrets.left = async (leaving?: Leaving) => {
      if (leaving?.services.has(other.name)) throw new Error('away');
      return left.call(secrets);
    };
    const before = secrets.retired.length;
    await open().resume();
    expect(secrets.retired.slice(before)).toEqual(['s1']);
    expect(warnings).toEqual(['Not looked at: service production/shop/a: away']);
  });

  it('is of all services of a team, as they were when it began', async () => {
    const team = { kind: 'team', name: 'team-orders' } as const;
    const { digest, services } = await open().plan(team);
    expect((await open().begin(team, digest, by)).services).toEqual(services);
    expect(services).toEqual(['a', 'b']);
  });
});
