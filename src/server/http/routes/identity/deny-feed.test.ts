import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuthorityKeeper } from '../../../../identity/authority/index.ts';
import { KeeperRig } from '../../../../identity/authority/testing/keeper.ts';
import { DenyFeed } from './deny-feed.ts';

const BY = { actor: 'ada', reason: '' };
const LONG = 60_000;
const idOf = (name: string) => `spiffe://example.org/${name}`;
const nobody = () => {};

let keeper: AuthorityKeeper;
let feed: DenyFeed;
beforeAll(async () => {
  keeper = await new KeeperRig().open();
});
afterAll(() => keeper.close());
beforeEach(() => {
  feed = new DenyFeed(keeper);
  return () => feed.close();
});

const revoke = (...names: string[]) =>
  keeper.revoke(
    names.map((name) => ({ spiffeId: idOf(name), mayReturn: false, why: 'unspecified' as const })),
    BY,
  );
const denialOf = (name: string) =>
  keeper.state.revocation.denials.find(({ value }) => value === idOf(name))?.id ?? '';
const lift = (name: string) => keeper.lift([denialOf(name)], BY);
async function newsSince(sequence: number | undefined) {
  const { added, ...news } = await feed.since(sequence, 0, nobody);
  return { ...news, added: added.map(({ value }) => value) };
}
const here = () => keeper.state.revocation.sequence;

describe('the feed of the deny list', () => {
  it('sums changes up: what came and went is not told, what was made anew is', async () => {
    await revoke('a', 'b');
    const [start, a, b] = [here(), denialOf('a'), denialOf('b')];
    await lift('a');
    await revoke('c');
    await lift('c');
    await revoke('d');
    await lift('b');
    await revoke('b');
    const news = await newsSince(start);
    expect(news).toEqual({
      sequence: here(),
      isComplete: false,
      added: [idOf('d'), idOf('b')],
      removed: [a, expect.any(String)],
    });
    expect(news.removed).not.toContain(b);
  });

  it('gives the whole list to whoever knows none, or one from before it was listened to', async () => {
    await revoke('e');
    const before = new DenyFeed(keeper);
    const all = keeper.state.revocation.denials;
    for (const after of [undefined, here() - 1, here() + 5]) {
      const { isComplete, added } = await before.since(after, 0, nobody);
      expect([isComplete, added]).toEqual([true, all]);
    }
    before.close();
  });

  it('remembers so many changes and no more', async () => {
    const start = here();
    for (let turn = 0; turn < 257; turn++) await revoke('f');
    expect((await newsSince(start)).isComplete).toBe(true);
    expect((await newsSince(start + 1)).isComplete).toBe(false);
  });

  it('answers all that wait when something changes, and when it ends', async () => {
    for (const change of [() => revoke('g'), async () => feed.close()]) {
      const waiting = [1, 2, 3].map(() => feed.since(here(), LONG, nobody));
      expect(feed.waiting).toBe(3);
      await change();
      const answers = await Promise.all(waiting);
      expect(answers.map(({ sequence }) => sequence)).toEqual(Array(3).fill(here()));
      expect(feed.waiting).toBe(0);
    }
  });

  it('forgets who no longer waits, and lets so many wait', async () => {
    const abandon: (() => void)[] = [];
    const waiting = Array.from({ length: 2_000 }, () =>
      feed.since(here(), LONG, (callBack) => abandon.push(callBack)),
    );
    await expect(feed.since(here(), LONG, nobody)).rejects.toMatchObject({
      code: 'identity/waiters-too-many',
      retrySeconds: 5,
    });
    for (const one of abandon) one();
    await Promise.all(waiting);
    expect(feed.waiting).toBe(0);
  });
});
