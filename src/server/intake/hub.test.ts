import { describe, expect, it } from 'vitest';
import { type Sighting, toParty } from '../../estate/index.ts';
import { type Gathered, Hub } from './hub.ts';

const sighting = (path: string): Sighting => ({
  service: toParty({ by: 'name', name: 'orders' }),
  protocol: 'http',
  method: 'GET',
  path,
  status: 200,
  count: 1,
  firstAt: 1,
  lastAt: 1,
});

function aHub(keep: (gathered: Gathered) => Promise<void>, maxWaiting = 10): Hub {
  const flush = () => ({ sightings: [sighting('/flushed')], calls: [], halves: Buffer.alloc(0) });
  return new Hub({ batchMs: 0, maxWaiting }, { flush, keep });
}

describe('the hub', () => {
  it('keeps what several bring in one go, and tells each when it is kept', async () => {
    const kept: string[][] = [];
    const hub = aHub(async ({ sightings }) => void kept.push(sightings.map(({ path }) => path)));
    await Promise.all([
      hub.submit({ sightings: [sighting('/a')] }),
      hub.submit({ sightings: [sighting('/b')] }),
      hub.kept(),
    ]);
    expect(kept).toEqual([['/flushed', '/a', '/b']]);
  });

  it('keeps one batch at a time, and what comes meanwhile in the next', async () => {
    const release = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    const sizes: number[] = [];
    const hub = aHub(async ({ sightings }) => {
      most = Math.max(most, ++running);
      sizes.push(sightings.length);
      if (sizes.length === 1) await release.promise;
      running--;
    });
    const first = hub.submit({ sightings: [sighting('/a')] });
    await new Promise((resolve) => setTimeout(resolve, 10));
    const others = [
      hub.submit({ sightings: [sighting('/b')] }),
      hub.submit({ sightings: [sighting('/c')] }),
    ];
    release.resolve();
    await Promise.all([first, ...others]);
    expect(most).toBe(1);
    expect(sizes).toEqual([2, 3]);
  });

  it('keeps one batch at a time, too, where it is asked to keep at once', async () => {
    let [running, most] = [0, 0];
    const paths: string[] = [];
    const hub = aHub(async ({ sightings }) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
      for (const { path } of sightings) if (path !== '/flushed') paths.push(path);
    }, 20);
    const rounds = Array.from({ length: 20 }, async (_, round) => {
      await new Promise((resolve) => setTimeout(resolve, round));
      await Promise.all([hub.submit({ sightings: [sighting(`/${round}`)] }), hub.drain()]);
    });
    await Promise.all(rounds);
    expect(most).toBe(1);
    expect(paths).toHaveLength(20);
  });

  it('refuses further submissions while as many wait as may, before it takes anything', async () => {
    const release = Promise.withResolvers<void>();
    const hub = aHub(() => release.promise, 2);
    const waiting = [hub.submit({ sightings: [] }), hub.submit({ sightings: [] })];
    expect(() => hub.checkRoom()).toThrow(
      expect.objectContaining({ code: 'intake/queue-too-many' }),
    );
    await expect(hub.submit({ sightings: [sighting('/c')] })).rejects.toMatchObject({
      code: 'intake/queue-too-many',
      hint: 'send the request again after a second',
    });
    release.resolve();
    await Promise.all(waiting);
  });

  it('tells everybody of a batch that could not be kept, and goes on', async () => {
    let isFull = true;
    const hub = aHub(async () => {
      if (isFull) throw new Error('the disk is full');
    });
    const results = await Promise.allSettled([
      hub.submit({ sightings: [] }),
      hub.submit({ sightings: [] }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isFull = false;
    await hub.submit({ sightings: [] });
  });

  it('keeps at once what waits when it is drained', async () => {
    let kept = 0;
    const hub = new Hub(
      { batchMs: 60_000, maxWaiting: 10 },
      {
        flush: () => ({ sightings: [], calls: [], halves: Buffer.alloc(0) }),
        keep: async ({ sightings }) => {
          kept += sightings.length;
        },
      },
    );
    const submitted = hub.submit({ sightings: [sighting('/a')] });
    await hub.drain();
    await submitted;
    expect(kept).toBe(1);
  });
});
