import { describe, expect, it, vi } from 'vitest';
import { entryWith } from '../../registration/testing/entries.ts';
import { Feed } from './feed.ts';

function feedOf(trust: () => never | { bundles: []; crls: []; denials: [] }) {
  const entries = [entryWith()];
  const failures: unknown[] = [];
  let change = (): void => {};
  const feed = new Feed({
    entries: {
      all: () => entries,
      get: () => undefined,
      onChange: (listener) => {
        change = listener;
        return () => {};
      },
    },
    trust,
    onTrustChange: () => () => {},
    onReissue: () => () => {},
    onFailure: (thrown) => failures.push(thrown),
    clock: () => 0,
  });
  return { feed, entries, failures, change: () => change() };
}

describe('what is told to agents', () => {
  it('is looked at once for changes that come together', async () => {
    let looks = 0;
    const { feed, change } = feedOf(() => {
      looks++;
      return { bundles: [], crls: [], denials: [] };
    });
    const told: number[] = [];
    feed.onChange(() => told.push(feed.view.number));
    for (let times = 0; times < 5; times++) change();
    await new Promise((resolve) => setImmediate(resolve));
    expect([looks, told]).toEqual([2, [1]]);
    feed.close();
    change();
    await new Promise((resolve) => setImmediate(resolve));
    expect(looks).toBe(2);
  });

  it('differs from any view before it in what is found once, however many ask', async () => {
    const { feed, entries, change } = feedOf(() => ({ bundles: [], crls: [], denials: [] }));
    const views = [feed.view];
    for (const id of ['1', '2']) {
      entries.push(entryWith({ selectors: [`unix:uid:${id}`] }));
      change();
      await new Promise((resolve) => setImmediate(resolve));
      views.push(feed.view);
    }
    const [first, second] = views.slice(0, 2).map((view) => feed.since(view));
    expect([first?.entries.put.size, second?.entries.put.size]).toEqual([2, 1]);
    expect(views.slice(0, 2).map((view) => feed.since(view) === first)).toEqual([true, false]);
    expect(views.slice(0, 2).map((view) => feed.since(view) === second)).toEqual([false, true]);
  });

  it('is tried again where it cannot be told, and holds meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let isBroken = false;
      const { feed, entries, failures, change } = feedOf(() => {
        if (isBroken) throw new Error('no list can be signed');
        return { bundles: [], crls: [], denials: [] };
      });
      entries.push(entryWith({ hint: 'x', selectors: ['unix:uid:1'] }));
      isBroken = true;
      change();
      await new Promise((resolve) => setImmediate(resolve));
      expect(feed.view.items.entries.size).toBe(1);
      expect(failures).toEqual([new Error('no list can be signed')]);
      isBroken = false;
      vi.advanceTimersByTime(1_000);
      await new Promise((resolve) => setImmediate(resolve));
      expect(feed.view.items.entries.size).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });
});
