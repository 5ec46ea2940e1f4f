import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SupplyChange } from '../../host/index.ts';
import type { Entry } from '../../registration/index.ts';
import { entryWith } from '../../registration/testing/entries.ts';
import { parseSpiffeId } from '../../spiffe/index.ts';
import { Known } from '../client/known.ts';
import { readUpdate } from '../protocol/index.ts';
import { Feed } from './feed.ts';
import { changesOf, wholeOf } from './pages.ts';
import type { AllTrust } from './ports.ts';
import { scopeOf } from './scope.ts';

const AGENT = parseSpiffeId('spiffe://example.org/reeve/agent/node-1');
const OTHER = 'spiffe://example.org/reeve/agent/node-2';
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const mayKnow = scopeOf(AGENT, []);

/** A feed of what a test says. */
function feedOf() {
  const state = {
    entries: [] as Entry[],
    trust: { bundles: [], crls: [], denials: [] } as AllTrust,
  };
  const told: (() => void)[] = [];
  const subscribe = (listener: () => void) => {
    told.push(listener);
    return () => {};
  };
  let reissue = (): void => {};
  const feed = new Feed({
    entries: {
      all: () => state.entries,
      get: () => undefined,
      onChange: subscribe,
    },
    trust: () => state.trust,
    onTrustChange: subscribe,
    onReissue: (listener) => {
      reissue = listener;
      return () => {};
    },
    clock: () => 1_000,
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    state,
    feed,
    reissue: async () => {
      reissue();
      await settle();
    },
    change: async () => {
      for (const tell of told) tell();
      await settle();
    },
  };
}

const bundleOf = (trustDomain: string, sequence: number) => ({
  trustDomain,
  x509Authorities: [],
  jwtAuthorities: [{ keyId: 'a', publicKey }],
  sequence: BigInt(sequence),
});

const entryNumber = (at: number, hint = '', parent: string | null = null) =>
  entryWith({ selectors: [`unix:uid:${at}`], hint, parent });

/** What an agent knows, as `Known` has it. */
const knows = (known: Known) => ({
  entries: [...known.index.entries()].map(({ id, hint }) => `${id} ${hint}`).sort(),
  bundles: ['a.example', 'b.example'].map((name) => known.bundleOf(name)?.sequence),
  crls: known.crls.map((der) => der.toString()).sort(),
});

function take(known: Known, messages: Iterable<Buffer>): SupplyChange[] {
  const changes: SupplyChange[] = [];
  for (const message of messages) known.take(message, (all) => changes.push(...all));
  return changes;
}

describe('what an agent is told', () => {
  it('is everything at first, in messages of a bounded size, trust before entries', () => {
    const { state, feed, change } = feedOf();
    state.entries = Array.from({ length: 2_500 }, (_, at) => entryNumber(at));
    state.trust = {
      ...state.trust,
      bundles: [bundleOf('a.example', 1)],
      crls: [Buffer.alloc(300_000)],
    };
    return change().then(() => {
      const pages = [...wholeOf(feed.view, mayKnow)];
      const updates = pages.map(readUpdate);
      expect(updates.map(({ isFirst }) => isFirst)).toEqual([
        true,
        ...pages.slice(1).map(() => false),
      ]);
      expect(updates.map(({ isWhole }) => isWhole)).toEqual([
        ...pages.slice(1).map(() => false),
        true,
      ]);
      expect(updates[0]?.changes.bundles.put.size).toBe(1);
      expect(updates[0]?.changes.entries.put.size).toBe(0);
      expect(pages.length).toBeLessThan(10);
      const known = new Known();
      expect(take(known, pages)).toEqual(['entries', 'trust']);
      expect(known.index.size).toBe(2_500);
    });
  });

  it('is said even where there is nothing', () => {
    const known = new Known();
    expect(known.isThere).toBe(false);
    expect(take(known, wholeOf(feedOf().feed.view, mayKnow))).toEqual([]);
    expect(known.isThere).toBe(true);
  });

  it('is what has changed afterwards, whatever that is: the same as everything anew', async () => {
    const step = fc.record({
      entries: fc.uniqueArray(
        fc.tuple(fc.nat(6), fc.constantFrom('', 'x'), fc.constantFrom(null, AGENT.uri, OTHER)),
        { selector: ([at, , parent]) => `${at} ${parent}` },
      ),
      bundles: fc.uniqueArray(fc.tuple(fc.constantFrom('a.example', 'b.example'), fc.nat(3)), {
        selector: ([name]) => name,
      }),
      crls: fc.uniqueArray(fc.constantFrom('p', 'q', 'r')),
      isTold: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const { state, feed, change } = feedOf();
        const known = new Known();
        take(known, wholeOf(feed.view, mayKnow));
        let told = feed.view;
        for (const { entries, bundles, crls, isTold } of steps) {
          state.entries = entries.map((words) => entryNumber(...words));
          state.trust = {
            bundles: bundles.map((words) => bundleOf(...words)),
            crls: crls.map((text) => Buffer.from(text)),
            denials: [],
          };
          await change();
          // an agent that reads slowly misses views in between
          if (!isTold) continue;
          const views = { before: told, after: feed.view };
          take(known, changesOf(feed.since(told), views, mayKnow));
          told = feed.view;
          const anew = new Known();
          take(anew, wholeOf(feed.view, mayKnow));
          expect(knows(known)).toEqual(knows(anew));
          const ofOthers = [...known.index.entries()].filter(({ parent }) => parent === OTHER);
          expect(ofOthers).toEqual([]);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is nothing where nothing has changed for it, and a notice that all is issued anew', async () => {
    const { state, feed, change, reissue } = feedOf();
    const before = feed.view;
    state.entries = [entryNumber(1, '', OTHER)];
    await change();
    const views = { before, after: feed.view };
    expect([...changesOf(feed.since(before), views, mayKnow)]).toEqual([]);
    const without = { before: feed.view };
    state.entries = [];
    await change();
    const after = feed.view;
    const end = changesOf(feed.since(without.before), { ...without, after }, mayKnow);
    expect([...end]).toEqual([]);
    const known = new Known();
    take(known, wholeOf(feed.view, mayKnow));
    const told = feed.view;
    await reissue();
    const messages = changesOf(feed.since(told), { before: told, after: feed.view }, mayKnow);
    expect(take(known, messages)).toEqual(['reissue']);
  });
});

describe('what an agent knows', () => {
  it('holds until it is told to its end, and comes back from disk as it was', () => {
    const { state, feed, change } = feedOf();
    state.entries = Array.from({ length: 1_500 }, (_, at) => entryNumber(at));
    return change().then(() => {
      const known = new Known();
      const [first, ...others] = wholeOf(feed.view, mayKnow);
      take(known, first ? [first] : []);
      expect(known.isThere).toBe(false);
      known.breakOff();
      take(known, [first ?? Buffer.alloc(0), ...others]);
      const again = new Known();
      expect(take(again, [known.write()])).toEqual(['entries']);
      expect(knows(again)).toEqual(knows(known));
      expect(take(again, wholeOf(feed.view, mayKnow))).toEqual([]);
      again.drop();
      expect([again.isThere, again.index.size]).toEqual([false, 0]);
    });
  });
});
