import { describe, expect, it } from 'vitest';
import { readGuardrails } from '../../authorization/guardrails/index.ts';
import { createLog } from '../../base/log.ts';
import type { Call, PolicySources, Service } from '../../estate/index.ts';
import { type KnownEstate, PolicyKeeper } from './keeper.ts';

const ids = ['production/shop/web', 'production/shop/orders'] as const;
const identity = (id: string) => `spiffe://example.org/ns/shop/sa/${id.split('/')[2]}`;

const service = (id: string): Service => ({
  ...{ id, name: id.split('/')[2] ?? '', namespace: 'shop', environment: 'production' },
  ...{ kind: 'workload', owner: null, criticality: null, exposure: 'internal' },
  ...{ identity: null, sources: [] },
});
const declares = (operation: string): Call => ({
  ...{ id: operation, from: ids[0], to: ids[1], operation, authentication: 'mtls' },
  ...{ evidence: '', allowedBy: [], declared: true, observed: false },
  sources: [{ reader: 'declarations', how: 'declared', file: 'web/reeve.yaml', line: 8 }],
});
const estate = (...operations: string[]): KnownEstate => ({
  records: [],
  judged: { services: ids.map(service), endpoints: [], calls: operations.map(declares) },
});

function setUp() {
  const state = {
    sources: { guardrails: [], groups: [] } as PolicySources,
    fault: undefined as Error | undefined,
    reads: 0,
    guardrailReads: 0,
    identities: new Map(ids.map((id) => [id as string, [identity(id)]])),
  };
  const keeper = new PolicyKeeper({
    sources: {
      all: async () => {
        state.reads++;
        if (state.fault) throw state.fault;
        return state.sources;
      },
    },
    identitiesOf: () => state.identities,
    defaultMode: 'enforce',
    readGuardrails: async (files) => {
      state.guardrailReads++;
      return readGuardrails(files);
    },
    clock: () => 0,
    log: createLog('silent'),
  });
  const revisions: string[] = [];
  keeper.watch(({ revision }) => revisions.push(revision));
  const reason = () =>
    keeper.current?.engine.reasonFor({
      ...{ caller: identity(ids[0]), proof: 'mtls', service: ids[1], protocol: 'http' },
      ...{ method: 'GET', path: '/orders' },
    });
  return { keeper, state, revisions, reason };
}

describe('the policy in force', () => {
  it('follows the estate, its guardrails and its identities', async () => {
    const { keeper, state, revisions, reason } = setUp();
    expect(keeper.current).toBeUndefined();
    await keeper.apply(estate());
    expect(reason()).toBe('call-undeclared');
    await keeper.apply(estate('GET /orders'));
    expect(reason()).toBe('declared');
    state.sources = {
      guardrails: [{ path: 'a.cedar', text: 'forbid (principal, action, resource);' }],
      groups: [],
    };
    await keeper.refresh();
    expect(reason()).toBe('guardrail-forbids');
    await keeper.apply(estate('GET /orders', 'POST /orders'));
    expect([reason(), state.guardrailReads]).toEqual(['guardrail-forbids', 1]);
    state.identities = new Map();
    await keeper.refresh();
    expect(reason()).toBe('caller-unknown');
    expect(new Set(revisions).size).toBe(5);
  });

  it('is not told of again where nothing has changed', async () => {
    const { keeper, revisions } = setUp();
    await keeper.apply(estate('GET /orders'));
    const { current } = keeper;
    await keeper.apply(estate('GET /orders'));
    expect(keeper.current).toBe(current);
    expect(revisions).toHaveLength(1);
  });

  it('has what is wrong with its files as it is now, though it is the same', async () => {
    const { keeper, state, revisions } = setUp();
    await keeper.apply(estate('GET /orders'));
    const source = { reader: 'declarations', how: 'declared', file: 'reeve.yaml' } as const;
    const group = { name: 'g', services: [{ name: 'gone', source }], groups: [], source };
    state.sources = { guardrails: [], groups: [group] };
    await keeper.refresh();
    expect(keeper.current).toMatchObject({
      sources: state.sources,
      diagnostics: [{ code: 'group/service-not-found' }],
    });
    expect(revisions).toHaveLength(1);
  });

  it('is told to all, though one of them fails', async () => {
    const { keeper } = setUp();
    const told: string[] = [];
    keeper.watch(() => {
      throw new Error('no');
    });
    keeper.watch(({ revision }) => told.push(revision));
    await keeper.apply(estate('GET /orders'));
    expect(told).toEqual([keeper.current?.revision]);
  });

  it('stays where no other can be made, and is made when that can be done again', async () => {
    const { keeper, state, reason } = setUp();
    await keeper.apply(estate('GET /orders'));
    state.fault = new Error('the store is away');
    await keeper.apply(estate());
    expect(reason()).toBe('declared');
    state.fault = undefined;
    await keeper.refresh();
    expect(reason()).toBe('call-undeclared');
  });

  it('is made once for changes that come together, and after the last of them', async () => {
    const { keeper, state, reason } = setUp();
    const changes = Array.from({ length: 50 }, () => keeper.apply(estate()));
    await Promise.all([...changes, keeper.apply(estate('GET /orders'))]);
    expect(state.reads).toBeLessThan(3);
    expect(reason()).toBe('declared');
  });

  it('denies everything where a guardrail cannot be used, and says which', async () => {
    const { keeper, state, reason } = setUp();
    state.sources = { guardrails: [{ path: 'a.cedar', text: 'forbid (princi' }], groups: [] };
    await keeper.apply(estate('GET /orders'));
    expect(reason()).toBe('guardrail-failed');
    expect(keeper.current?.diagnostics).toMatchObject([{ severity: 'error', file: 'a.cedar' }]);
  });
});
