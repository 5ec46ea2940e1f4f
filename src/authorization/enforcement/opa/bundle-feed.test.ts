import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BundleFeed } from './bundle-feed.ts';

const bundle = (revision: string) => ({ revision, bytes: Buffer.from(revision) });
const request = (ifNoneMatch?: string, prefer?: string) => ({ ifNoneMatch, prefer });
const nobodyLeaves = () => {};
const TYPE = 'application/vnd.openpolicyagent.bundles';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function feedWith(revision: string): BundleFeed {
  const feed = new BundleFeed();
  feed.publish(bundle(revision));
  return feed;
}

describe('a feed of bundles', () => {
  it('says that there is none yet', async () => {
    await expect(new BundleFeed().answer(request(), nobodyLeaves)).rejects.toMatchObject({
      code: 'authorization/bundle-unavailable',
    });
  });

  it.each([
    ['nothing', undefined],
    ['another one', '"r0"'],
    ['another one, which took the place of this', '"r0", "r1"'],
    ['no tag at all', 'r1'],
  ])('gives the bundle at once to who has %s', async (_, known) => {
    const answer = await feedWith('r1').answer(request(known, 'wait=10'), nobodyLeaves);
    expect(answer).toEqual({
      status: 200,
      headers: { 'content-type': TYPE, etag: '"r1"' },
      body: Buffer.from('r1'),
    });
  });

  it.each([
    ['no wish to wait', undefined],
    ['another wish', 'modes=snapshot,delta'],
    ['a time that is none', 'wait=soon'],
    ['a time below zero', 'wait=-1'],
  ])('says at once that nothing has changed to who has it, with %s', async (_, prefer) => {
    const answer = await feedWith('r1').answer(request('"r1"', prefer), nobodyLeaves);
    expect(answer).toEqual({
      status: 304,
      headers: { 'content-type': TYPE, etag: '"r1"' },
      body: undefined,
    });
  });

  it('lets who has it wait for the next', async () => {
    const feed = feedWith('r1');
    const answer = feed.answer(request('"r1"', 'modes=snapshot,delta;wait=10'), nobodyLeaves);
    expect(feed.waiting).toBe(1);
    feed.publish(bundle('r1'));
    expect(feed.waiting).toBe(1);
    feed.publish(bundle('r2'));
    expect(await answer).toMatchObject({ status: 200, body: Buffer.from('r2') });
    expect(feed.waiting).toBe(0);
  });

  it.each([
    ['as long as it asks to', 'wait=10', 10],
    ['no longer than connections last', 'wait=999999999', 45],
  ])('lets wait %s', async (_, prefer, seconds) => {
    const feed = feedWith('r1');
    const answer = feed.answer(request('"r1"', prefer), nobodyLeaves);
    await vi.advanceTimersByTimeAsync(seconds * 1_000 - 1);
    expect(feed.waiting).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await answer).toMatchObject({ status: 304 });
  });

  it('forgets who leaves', async () => {
    const feed = feedWith('r1');
    let leave = () => {};
    const answer = feed.answer(request('"r1"', 'wait=10'), (callBack) => {
      leave = callBack;
    });
    leave();
    await answer;
    expect(feed.waiting).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('refuses who would wait beside too many', async () => {
    const feed = feedWith('r1');
    const waiting = Array.from({ length: 2_000 }, () =>
      feed.answer(request('"r1"', 'wait=10'), nobodyLeaves),
    );
    await expect(feed.answer(request('"r1"', 'wait=10'), nobodyLeaves)).rejects.toMatchObject({
      code: 'authorization/waiters-too-many',
      message: '2000 OPAs wait already',
    });
    feed.close();
    expect(await Promise.all(waiting)).toHaveLength(2_000);
  });
});
