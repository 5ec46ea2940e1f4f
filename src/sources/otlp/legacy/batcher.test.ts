import { describe, expect, it } from 'vitest';
import { Batcher, type Kept } from './batcher.ts';
import type { Taken } from './intake.ts';

const LIMITS = { batchMs: 1, maxWaitingRequests: 3, refreshMs: 1_000, maxRemembered: 10 };

function taken(...templates: string[]): Taken {
  return {
    observations: new Map(
      templates.map((template) => [
        template,
        {
          kind: 'endpoint',
          subject: { by: 'name', name: 'orders' },
          protocol: 'http',
          method: 'GET',
          template,
          source: { reader: 'otlp', how: 'observed' },
        },
      ]),
    ),
    waiting: [],
    rejectedSpans: 0,
    reasons: [],
  };
}

function setUp(keep: (kept: Kept) => Promise<void> = async () => {}) {
  const state = { now: 0, kept: [] as Kept[] };
  const batcher = new Batcher(
    LIMITS,
    async (kept) => {
      await keep(kept);
      state.kept.push(kept);
    },
    () => state.now,
  );
  return { batcher, state };
}

const templates = ({ observations }: Kept) =>
  observations.map((one) => (one.kind === 'endpoint' ? one.template : ''));

describe('a batcher', () => {
  it('keeps in one go what several requests bring, each thing once', async () => {
    const { batcher, state } = setUp();
    await Promise.all([batcher.submit(taken('/a', '/b')), batcher.submit(taken('/b'))]);
    expect(state.kept.map(templates)).toEqual([['/a', '/b']]);
  });

  it('keeps a known thing again only after a while, and says whether anything is new', async () => {
    const { batcher, state } = setUp();
    await batcher.submit(taken('/a'));
    state.now = 500;
    await batcher.submit(taken('/a', '/b'));
    state.now = 1_200;
    await batcher.submit(taken('/a'));
    expect(state.kept.map(templates)).toEqual([['/a'], ['/b'], ['/a']]);
    expect(state.kept.map(({ isNew }) => isNew)).toEqual([true, true, false]);
  });

  it('asks for durability even when nothing is new', async () => {
    const { batcher, state } = setUp();
    await batcher.submit(taken('/a'));
    await batcher.submit(taken('/a'));
    expect(state.kept.map(templates)).toEqual([['/a'], []]);
  });

  it('tells every request that was not kept, and keeps the same thing the next time', async () => {
    let isAway = true;
    const { batcher, state } = setUp(async () => {
      if (isAway) throw new Error('away');
    });
    const results = await Promise.allSettled([
      batcher.submit(taken('/a')),
      batcher.submit(taken('/b')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isAway = false;
    await batcher.submit(taken('/a'));
    expect(state.kept.map(templates)).toEqual([['/a']]);
  });

  it('refuses requests beyond its limit', async () => {
    const { batcher } = setUp();
    const waiting = ['/a', '/b', '/c'].map((template) => batcher.submit(taken(template)));
    await expect(batcher.submit(taken('/d'))).rejects.toMatchObject({
      code: 'otlp/queue-too-many',
    });
    await Promise.all(waiting);
  });

  it('keeps what waits when it is drained', async () => {
    const { batcher, state } = setUp();
    const submitted = batcher.submit(taken('/a'));
    await batcher.drain();
    await submitted;
    expect(state.kept).toHaveLength(1);
  });

  it('forgets what it kept longest ago, and everything when told to', async () => {
    const { batcher, state } = setUp();
    for (let n = 0; n <= LIMITS.maxRemembered; n++) await batcher.submit(taken(`/${n}`));
    await batcher.submit(taken('/0', `/${LIMITS.maxRemembered}`));
    expect(templates(state.kept.at(-1) as Kept)).toEqual(['/0']);
    batcher.forget();
    await batcher.submit(taken('/0'));
    expect(templates(state.kept.at(-1) as Kept)).toEqual(['/0']);
  });
});
