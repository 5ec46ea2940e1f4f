import { describe, expect, it } from 'vitest';
import { MemoryDocuments } from '../../estate/store/testing/memory-documents.ts';
import { toMetadata } from '../keeping/metadata.ts';
import { aSecret } from '../keeping/testing/secret.ts';
import type { Secret } from '../model/index.ts';
import type { Look } from '../rotation/index.ts';
import { DriftConfig, DriftWatch } from './index.ts';

const START = Date.parse('2026-05-01T00:00:00.000Z');
const ID = 'production/shop/orders/orders-db';
const EVERY = 3_600_000;
const BY = { actor: 'ada', reason: 'the report needs it' };
const PLAN = {
  ...{ rotator: 'postgres', config: {}, admin: null, everySeconds: 86_400, jitter: 0 },
  ...{ windows: [], overlapSeconds: 0, deliver: [] },
};

async function world() {
  const store = new MemoryDocuments();
  const state = {
    now: START,
    secret: aSecret(ID, 'envelope', { plan: PLAN }) as Secret | undefined,
    grants: ['LOGIN', 'SELECT ON TABLE orders'] as readonly string[] | undefined,
    isRefused: false,
    isDown: false,
    isPaused: false,
    isListed: true,
    looks: 0,
    changes: 0,
    warned: 0,
    during: (): void => {},
  };
  const look = async (): Promise<Look> => {
    state.looks += 1;
    if (state.isDown) throw new Error('down');
    state.during();
    return { grants: state.grants, isRefused: state.isRefused };
  };
  const open = async () => {
    const watch = new DriftWatch({
      store,
      secrets: {
        list: () => (state.secret && state.isListed ? [toMetadata(state.secret)] : []),
        read: async () => structuredClone(state.secret),
      },
      look,
      config: DriftConfig.parse({ everySeconds: EVERY / 1_000 }),
      clock: () => state.now,
      isPaused: () => state.isPaused,
      warn: () => void state.warned++,
      onChange: () => void state.changes++,
    });
    await watch.start();
    return watch;
  };
  return { store, state, open, watch: await open() };
}

describe('what others change at a target', () => {
  it('is a right that the account did not have', async () => {
    const { state, watch, open } = await world();
    await watch.look();
    expect(watch.concernsOf(ID)).toEqual([]);
    expect(watch.grantsOf(ID)).toEqual(['LOGIN', 'SELECT ON TABLE orders']);
    state.grants = ['DELETE ON TABLE orders', 'LOGIN', 'SELECT ON TABLE orders'];
    state.now += EVERY;
    await watch.look();
    const grown = {
      problem: 'privileges-grown',
      since: '2026-05-01T01:00:00.000Z',
      because: 'new: DELETE ON TABLE orders',
    };
    expect(watch.concernsOf(ID)).toEqual([grown]);
    // neither time nor a rotation makes it right
    state.secret = aSecret(ID, 'envelope', { plan: PLAN, labels: { current: 2 } });
    state.now += EVERY;
    await watch.look();
    expect(watch.concernsOf(ID)).toEqual([grown]);
    const again = await open();
    expect(again.concernsOf(ID)).toEqual([grown]);
    await Promise.all([watch.close(), again.close()]);
  });

  it('is over when the right is taken back, and new when it comes again', async () => {
    const { state, watch } = await world();
    const seen: number[] = [];
    for (const grants of [['a'], ['a', 'b'], ['a'], ['a', 'b'], ['b'], ['a', 'b']]) {
      state.grants = grants;
      await watch.look();
      seen.push(watch.concernsOf(ID).length);
      state.now += EVERY;
    }
    expect(seen).toEqual([0, 1, 0, 1, 1, 1]);
    expect(watch.concernsOf(ID)[0]?.because).toBe('new: a, b');
    await watch.close();
  });

  it('is right when a person accepts it, which the audit log tells', async () => {
    const { state, store, watch } = await world();
    await watch.look();
    state.grants = ['INSERT ON TABLE orders', 'LOGIN', 'SELECT ON TABLE orders'];
    state.now += EVERY;
    await watch.look();
    await watch.accept(ID, BY);
    expect(watch.concernsOf(ID)).toEqual([]);
    state.now += EVERY;
    await watch.look();
    expect(watch.concernsOf(ID)).toEqual([]);
    expect(store.log.map(({ action, actor }) => [action, actor])).toEqual([
      ['secret.accept', 'ada'],
    ]);
    await expect(watch.accept('production/shop/orders/none', BY)).rejects.toMatchObject({
      code: 'secrets/grants-not-found',
    });
    await watch.close();
  });

  it('is a value that its target refuses, once that is sure', async () => {
    const { state, watch } = await world();
    state.isRefused = true;
    state.grants = undefined;
    await watch.look();
    expect(watch.concernsOf(ID)).toEqual([]);
    state.now += 60_000;
    await watch.look();
    expect(watch.concernsOf(ID)).toEqual([
      { problem: 'changed-at-target', since: '2026-05-01T00:00:00.000Z' },
    ]);
    state.isRefused = false;
    state.now += EVERY;
    await watch.look();
    expect(watch.concernsOf(ID)).toEqual([]);
    await watch.close();
  });
});

describe('targets', () => {
  it('are asked no more often than configured, whether they answer or not', async () => {
    const { state, watch } = await world();
    for (const isDown of [false, true]) {
      state.isDown = isDown;
      const { looks } = state;
      for (let minute = 0; minute < 60; minute++) {
        await watch.look();
        state.now += 60_000;
      }
      expect(state.looks - looks).toBe(1);
    }
    expect(state.warned).toBe(1);
    expect(watch.grantsOf(ID)).toHaveLength(2);
    await watch.close();
  });

  it.each<[string, Partial<Secret>]>([
    ['without a plan', { plan: null }],
    ['without a value', { plan: PLAN, labels: {} }],
  ])('of secrets %s are not asked', async (_, more) => {
    const { state, watch } = await world();
    state.secret = aSecret(ID, 'envelope', more);
    await watch.look();
    expect(state.looks).toBe(0);
    await watch.close();
  });

  it('are asked in vain while a rotation replaces the value', async () => {
    const { state, watch } = await world();
    state.isRefused = true;
    state.during = () => {
      state.secret = aSecret(ID, 'envelope', { plan: PLAN, labels: { current: 2 } });
    };
    await watch.look();
    state.now += EVERY;
    await watch.look();
    expect(watch.concernsOf(ID)).toEqual([]);
    await watch.close();
  });

  it('are left alone while that is asked for, and nothing is forgotten', async () => {
    const { state, watch } = await world();
    await watch.look();
    state.isPaused = true;
    state.now += EVERY;
    await watch.look();
    expect(state.looks).toBe(1);
    expect(watch.grantsOf(ID)).toHaveLength(2);
    await watch.close();
  });

  it('are forgotten with their secrets', async () => {
    const { state, store, watch } = await world();
    await watch.look();
    state.secret = undefined;
    await watch.look();
    expect(watch.grantsOf(ID)).toBeUndefined();
    expect(await store.documents('secret-inspection')).toEqual([]);
    await watch.close();
  });

  it('are remembered while their secrets cannot be listed', async () => {
    const { state, store, watch } = await world();
    await watch.look();
    state.isListed = false;
    await watch.look();
    expect(watch.grantsOf(ID)).toHaveLength(2);
    expect(await store.documents('secret-inspection')).toHaveLength(1);
    await watch.close();
  });

  it('are asked in time though the clock was set back', async () => {
    const { state, watch } = await world();
    await watch.look();
    state.now -= 365 * 86_400_000;
    await watch.look();
    await watch.look();
    expect(state.looks).toBe(2);
    await watch.close();
  });

  it('are told of once, however many processes look', async () => {
    const { state, watch, open } = await world();
    const other = await open();
    await watch.look();
    await other.look();
    expect(other.grantsOf(ID)).toEqual(watch.grantsOf(ID));
    state.grants = undefined;
    state.now += EVERY;
    await watch.look();
    expect(watch.grantsOf(ID)).toHaveLength(2);
    await Promise.all([watch.close(), other.close()]);
  });
});
