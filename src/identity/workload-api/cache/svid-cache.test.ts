import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { type Entry, EntryIndex, type Selector, whyNone } from '../../registration/index.ts';
import { entryWith } from '../../registration/testing/entries.ts';
import type { Entitlement } from '../ports.ts';
import { Hours, settle } from '../testing/hours.ts';
import { bundle } from '../testing/world.ts';
import type { FreshSvid } from './ports.ts';
import { renewalOf, retryOf } from './renewal.ts';
import { SvidCache } from './svid-cache.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const ORDERS = ['k8s:ns:shop', 'k8s:sa:orders'] as readonly Selector[];

let hours: Hours;
let entries: EntryIndex;
let issued: string[];
let failures: string[];
let issue: (entry: Entry) => Promise<FreshSvid>;
let crls: readonly Buffer[];
let cache: SvidCache;
beforeEach(() => {
  hours = new Hours();
  entries = new EntryIndex([entryWith()]);
  issued = [];
  failures = [];
  crls = [];
  issue = async (entry) => {
    issued.push(entry.spiffeId);
    const name = `${issued.length}`;
    return {
      chain: [Buffer.from(`leaf ${name}`)],
      privateKey: Buffer.from(`key ${name}`),
      expiresAt: hours.now + entry.x509TtlSeconds * 1_000,
    };
  };
  cache = new SvidCache(
    {
      match: (selectors) => {
        const workload = { selectors, agent: null };
        const matches = entries.match(workload, hours.now);
        return matches.length > 0
          ? { kind: 'matches', matches }
          : { kind: 'none', why: whyNone(entries.entries(), workload, hours.now) };
      },
      trustOf: (trustDomains) => ({ bundles: [...trustDomains].map((name) => bundle(name)), crls }),
      issue: (entry) => issue(entry),
      clock: hours.clock,
      random: () => 0,
      after: hours.after,
      onFailure: (_, thrown) => failures.push(String(thrown)),
    },
    { maxIssuing: 2 },
  );
});

/** What a workload is told, in short. */
function watch(selectors = ORDERS): { told: string[]; all: Entitlement[]; stop: () => void } {
  const told: string[] = [];
  const all: Entitlement[] = [];
  const stop = cache.watch(selectors, (entitlement) => {
    all.push(entitlement);
    told.push(
      entitlement.kind === 'entitled'
        ? entitlement.svids
            .map(({ privateKey, hint }) => `${privateKey}${hint && `/${hint}`}`)
            .join()
        : entitlement.kind,
    );
  });
  return { told, all, stop };
}

describe('the SVIDs of workloads', () => {
  it('are issued for the first who asks, and shared with the others', async () => {
    const [first, second] = [watch(), watch()];
    await settle();
    const third = watch();
    expect([first.told, second.told, third.told]).toEqual([['key 1'], ['key 1'], ['key 1']]);
    expect(issued).toEqual(['spiffe://example.org/ns/shop/sa/orders']);
    expect(first.all[0]).toBe(third.all[0]);
    expect(first.all[0]).toMatchObject({
      svids: [{ spiffeId: issued[0], trustDomain: 'example.org', chain: [Buffer.from('leaf 1')] }],
      bundles: [{ trustDomain: 'example.org' }],
    });
  });

  it('are renewed at half their lifetime, again and again', async () => {
    const { told } = watch();
    await hours.pass(HOUR / 2 - 1);
    expect(told).toEqual(['key 1']);
    await hours.pass(1);
    expect(told).toEqual(['key 1', 'key 2']);
    await hours.pass(24 * HOUR);
    expect(told).toHaveLength(50);
    expect(failures).toEqual([]);
  });

  it('that nobody wants any more are not renewed, and kept until they would be', async () => {
    const { stop } = watch();
    await settle();
    stop();
    await hours.pass(HOUR / 4);
    const again = watch();
    expect(again.told).toEqual(['key 1']);
    again.stop();
    await hours.pass(HOUR);
    expect([cache.size, cache.watchers, hours.timers, issued.length]).toEqual([0, 0, 0, 1]);
  });

  it('are renewed at once when a machine wakes that has slept', async () => {
    const { stop } = watch();
    await settle();
    stop();
    hours.sleep(2 * HOUR);
    const { told } = watch();
    await settle();
    expect(told).toEqual(['key 2']);
  });

  it('are all told at once, the first entry first, with hints that differ', async () => {
    entries.set(
      entryWith({ spiffeId: 'spiffe://example.org/b', hint: 'x' }, { now: hours.now + 1 }),
    );
    entries.set(
      entryWith({ spiffeId: 'spiffe://example.org/c', hint: 'x' }, { now: hours.now + 2 }),
    );
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const instantly = issue;
    let count = 0;
    issue = async (entry) => {
      await gates[count++]?.promise;
      return instantly(entry);
    };
    const { told } = watch();
    gates[1]?.resolve();
    await settle();
    expect(told).toEqual([]);
    gates[0]?.resolve();
    await settle();
    expect(told).toEqual(['key 3,key 1/x,key 2']);
  });
});

describe('a workload is told', () => {
  it('at once that it has no identity, and when it has one', async () => {
    const { told, all } = watch(['k8s:ns:shop', 'k8s:sa:stock'] as readonly Selector[]);
    expect(told).toEqual(['none']);
    expect(all).toMatchObject([{ why: { near: [{ lacks: [{ selector: 'k8s:sa:orders' }] }] } }]);
    entries.set(entryWith({ selectors: ['k8s:sa:stock'] }));
    cache.entriesChanged();
    await settle();
    expect(told).toEqual(['none', 'key 1']);
  });

  it('that its identity is gone, and nothing of it is held then', async () => {
    const { told } = watch();
    await settle();
    entries.delete(entryWith().id);
    cache.entriesChanged();
    expect(told).toEqual(['key 1', 'none']);
    expect([cache.size, hours.timers]).toEqual([0, 0]);
  });

  it('of a new SVID where its entry has other names, or another lifetime', async () => {
    const { told } = watch();
    await settle();
    entries.set(entryWith({ hint: 'internal' }));
    cache.entriesChanged();
    await settle();
    expect(told).toEqual(['key 1', 'key 1/internal']);
    entries.set(entryWith({ dnsNames: ['orders.shop'] }));
    cache.entriesChanged();
    await settle();
    expect(told.at(-1)).toBe('key 2');
    entries.set(entryWith({ dnsNames: ['orders.shop'], x509TtlSeconds: 600 }));
    cache.entriesChanged();
    await settle();
    expect(told.at(-1)).toBe('key 3');
    await hours.pass(5 * MINUTE);
    expect(told.at(-1)).toBe('key 4');
  });

  it('nothing where entries have changed that are not its own', async () => {
    const { told, all } = watch();
    await settle();
    entries.set(entryWith({ selectors: ['k8s:sa:payments'] }));
    cache.entriesChanged();
    await settle();
    expect(told).toEqual(['key 1']);
    entries.set(entryWith({ federatesWith: ['other.example'] }));
    cache.entriesChanged();
    expect(told).toEqual(['key 1', 'key 1']);
    expect(all[1]).toMatchObject({
      bundles: [{ trustDomain: 'example.org' }, { trustDomain: 'other.example' }],
    });
    await hours.pass(HOUR / 2);
    expect(told).toEqual(['key 1', 'key 1', 'key 2']);
  });

  it('what it trusts: its own trust domain, those it is federated with, and what is revoked', async () => {
    entries.set(entryWith({ federatesWith: ['other.example'] }));
    const { all } = watch();
    await settle();
    crls = [Buffer.from('revoked')];
    cache.trustChanged();
    expect(all).toMatchObject([
      { bundles: [{ trustDomain: 'example.org' }, { trustDomain: 'other.example' }], crls: [] },
      { crls },
    ]);
  });

  it('nothing any more once it is gone, or the cache is closed', async () => {
    const [gone, kept] = [watch(), watch()];
    await settle();
    gone.stop();
    cache.trustChanged();
    expect([gone.told.length, kept.told.length]).toEqual([1, 2]);
    cache.close();
    cache.trustChanged();
    await hours.pass(HOUR);
    expect([kept.told.length, hours.timers, cache.size]).toEqual([2, 0, 0]);
  });
});

describe('what cannot be issued', () => {
  const full = async (): Promise<never> => {
    throw new Fault('test/queue-too-many', 'the authority is busy');
  };

  it('is told with the reason, and asked for again ever more slowly', async () => {
    const instantly = issue;
    issue = full;
    const { told, all } = watch();
    await settle();
    expect(all).toMatchObject([
      {
        kind: 'starting',
        because: 'the authority is busy',
        trust: { bundles: [{ trustDomain: 'example.org' }] },
      },
    ]);
    await hours.pass(10 * MINUTE);
    expect(failures.length).toBeGreaterThan(10);
    expect(failures.length).toBeLessThan(20);
    issue = instantly;
    await hours.pass(MINUTE);
    expect(told.at(-1)).toBe('key 1');
    await hours.pass(HOUR / 2);
    expect(told.at(-1)).toBe('key 2');
  });

  it('leaves what is held until it expires, which is told then', async () => {
    const { told } = watch();
    await settle();
    issue = full;
    await hours.pass(HOUR - 1);
    expect(new Set(told)).toEqual(new Set(['key 1']));
    await hours.pass(1);
    expect(told.at(-1)).toBe('starting');
  });

  it('tells nothing of a defect', async () => {
    issue = async () => {
      throw new Error('secret');
    };
    const { all } = watch();
    await settle();
    expect(all).toMatchObject([{ kind: 'starting', because: 'an internal fault' }]);
    expect(JSON.stringify(all)).not.toContain('secret');
    expect(failures).toEqual(['Error: secret']);
  });

  it('keeps the other identities of the workload from nobody', async () => {
    entries.set(entryWith({ spiffeId: 'spiffe://example.org/b' }));
    const instantly = issue;
    issue = (entry) => (entry.spiffeId.endsWith('/b') ? full() : instantly(entry));
    const { told } = watch();
    await settle();
    expect(told.at(-1)).toBe('key 1');
  });
});

describe('renewing everything', () => {
  it('issues all anew, also what is being issued, a few at a time', async () => {
    for (const name of 'abcdefgh') {
      const selectors = [`k8s:sa:${name}`];
      entries.set(entryWith({ spiffeId: `spiffe://example.org/${name}`, selectors }));
    }
    let atOnce = 0;
    let most = 0;
    const instantly = issue;
    issue = async (entry) => {
      most = Math.max(most, ++atOnce);
      await settle();
      atOnce--;
      return instantly(entry);
    };
    const all = [...'abcdefgh'].map((name) => watch([`k8s:sa:${name}`] as readonly Selector[]));
    await settle();
    cache.renewAll();
    for (let turn = 0; turn < 20; turn++) await settle();
    expect(most).toBe(2);
    expect(issued).toHaveLength(16);
    expect(all.map(({ told }) => told.length)).toEqual(Array(8).fill(2));
  });
});

describe('the time of a renewal', () => {
  const random = fc.double({ min: 0, max: 1, noNaN: true });

  it('is between two fifths and half of the lifetime', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 604_800_000 }), random, (lifetime, share) => {
        const at = renewalOf({ issuedAt: 1_000, expiresAt: 1_000 + lifetime }, share) - 1_000;
        expect(at).toBeGreaterThanOrEqual(lifetime * 0.4 - 1);
        expect(at).toBeLessThanOrEqual(lifetime * 0.5);
      }),
    );
  });

  it('after a failure is within a minute, and not after the SVID has expired', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        random,
        fc.nat(200_000),
        (count, share, left) => {
          const at = retryOf(5_000, count, share, 5_000 + left);
          expect(at).toBeGreaterThan(5_000);
          expect(at).toBeLessThanOrEqual(5_000 + Math.min(60_000, left || 60_000));
        },
      ),
    );
  });
});
