import { beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../base/log.ts';
import { type Party, type SeenService, toParty, toRecords } from '../../estate/index.ts';
import { reconcile } from '../../inventory/index.ts';
import type { Knowledge } from '../../inventory/templates/index.ts';
import { someEndpoint, someService } from '../../inventory/testing/facts.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import { EstateFeed } from './estate-feed.ts';

const ORDERS = someService('live/shop/orders');
const NAMED: Party['subject'] = { by: 'name', name: 'orders', namespace: 'shop' };
const ADDRESS: Party['subject'] = { by: 'address', host: '10.0.0.5' };

let store: MemoryStore;
let folded: boolean[];
let known: [string, Knowledge][];
let forgotten: number;
let lines: string[];
let feed: EstateFeed;
beforeEach(() => {
  store = new MemoryStore();
  [folded, known, forgotten, lines] = [[], [], 0, []];
  const ports = {
    environment: 'live',
    store,
    clock: () => 1_000,
    log: createLog('trace', { write: (line) => lines.push(line) }),
    onFolded: (isNew: boolean) => void folded.push(isNew),
  };
  feed = new EstateFeed(ports, {
    onKnowledge: (key, knowledge) => void known.push([key, knowledge]),
    onForget: () => void forgotten++,
  });
});

const seen = (subject: Party['subject']): SeenService => ({
  party: toParty(subject),
  endpoints: [],
  callers: [],
});
const harvested = (subject: Party['subject'], isNew = false) => [{ seen: seen(subject), isNew }];
const { services } = toRecords([ORDERS]);

describe('what is seen of services', () => {
  it('waits until the estate is known, and is then kept in a scope of its own', async () => {
    const applied = feed.apply(harvested(NAMED));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect([...store.scopes.keys()]).toEqual([]);
    feed.setKnown(services, []);
    await applied;
    expect([...store.scopes.keys()]).toEqual([`traffic:${toParty(NAMED).key}`]);
    expect(feed.partyOf(ORDERS.id)).toBe(toParty(NAMED).key);
    expect(folded).toEqual([true]);
  });

  it('is news where it says so, or where it is of another service than before', async () => {
    feed.setKnown(services, []);
    await feed.apply(harvested(NAMED));
    await feed.apply(harvested(NAMED));
    await feed.apply(harvested(NAMED, true));
    expect(folded).toEqual([true, false, true]);
  });

  it('of a party that is none of the estate’s is kept nowhere', async () => {
    feed.setKnown(services, []);
    await feed.apply(harvested(ADDRESS));
    expect([...store.scopes.keys()]).toEqual([]);
  });

  it('is written again until the store takes it, which is logged once', async () => {
    feed.setKnown(services, []);
    store.fail = new Error('away');
    const applied = feed.apply(harvested(NAMED));
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    store.fail = undefined;
    await applied;
    expect([...store.scopes.keys()]).toHaveLength(1);
    expect(lines).toHaveLength(1);
  });

  it('is waited for by nobody once the feed is closed', async () => {
    store.fail = new Error('away');
    const applied = feed.apply(harvested(NAMED));
    feed.setKnown(services, []);
    feed.close();
    await applied;
    expect(folded).toEqual([]);
  });
});

describe('what is known of services', () => {
  it('is told of those that are seen, where it changed', async () => {
    const declared = someEndpoint('declared', {
      service: ORDERS.id,
      method: 'GET',
      template: '/orders/{id}',
    });
    const endpoints = reconcile(toRecords([ORDERS, declared]), {
      now: '2026-05-20T12:00:00.000Z',
      traffic: new Map(),
      activeDays: 30,
      gates: new Map(),
    });
    feed.setKnown(services, endpoints);
    expect(known).toEqual([]);
    await feed.apply(harvested(NAMED));
    feed.setKnown(services, endpoints);
    const priors = [{ from: 'specification', template: '/orders/{id}', method: 'GET' }];
    expect(known).toEqual([[toParty(NAMED).key, { priors, corrections: [] }]]);
    const merge = { correction: 'merge', template: '/a/{x}' } as const;
    feed.setCorrections(new Map([[ORDERS.id, [merge]]]));
    expect(known.slice(1)).toEqual([[toParty(NAMED).key, { priors, corrections: [merge] }]]);
  });

  it('has everything told again where services are others than before', () => {
    feed.setKnown(services, []);
    feed.setKnown(services, []);
    expect(forgotten).toBe(0);
    feed.setKnown([], []);
    expect(forgotten).toBe(1);
  });
});
