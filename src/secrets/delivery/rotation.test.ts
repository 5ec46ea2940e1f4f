import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeliveryTarget } from '../model/index.ts';
import { BY, OVERLAP_SECONDS, World } from '../rotation/testing/world.ts';
import { DeliveryConfig, openDelivery } from './index.ts';
import { partsOf } from './testing/parts.ts';

describe('a rotation whose value is brought to a file', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reeve-rotation-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A world with a value that was delivered once; who is told of it reads the file, and fails as often as `failing` says. */
  async function begun(name: string) {
    const path = join(folder, name);
    const world = new World();
    const consumer = { holds: '', failing: 0, told: 0 };
    const reloads = { service: { unit: 'a.service' } };
    const delivery = openDelivery(
      partsOf({
        config: DeliveryConfig.parse({ files: { folders: [folder], reloads } }),
        run: async () => {
          consumer.told++;
          if (consumer.failing-- > 0) return 1;
          consumer.holds = readFileSync(path, 'utf8');
          return 0;
        },
      }),
    );
    world.deliver = delivery.deliver;
    const deliver = [DeliveryTarget.parse({ kind: 'file', path, reload: 'service' })];
    await world.withSecret({ deliver });
    consumer.told = 0;
    return { world, consumer, path, delivery };
  }

  it('waits for a person where its consumer does not come up, and leaves the value before', async () => {
    const { world, consumer } = await begun('db');
    consumer.failing = 1;
    const before = consumer.holds;
    await world.send({ event: 'rotate', by: BY });
    await world.passMinutes((3 * OVERLAP_SECONDS) / 60);
    expect((await world.secret()).run).toMatchObject({
      ...{ step: 'deliver', waits: true },
      problem: 'a.service does not come up with the new file',
    });
    expect([...world.target.accepted]).toContain(before);
    await world.send({ event: 'retry', by: BY });
    expect(world.target.accepted.has(consumer.holds)).toBe(true);
    expect(consumer.holds).not.toBe(before);
    await world.passMinutes((2 * OVERLAP_SECONDS) / 60);
    expect((await world.secret()).run).toBe(null);
    expect([...world.target.accepted]).toEqual([consumer.holds]);
  });

  it('ends the same wherever it is killed, and its consumer holds a value that works all along', async () => {
    const go = async (kill: number) => {
      const { world, consumer, path, delivery } = await begun(`db-${kill}`);
      let moments = 0;
      const workless: string[] = [];
      world.isKilledAt = (moment) => {
        if (!world.target.accepted.has(consumer.holds)) workless.push(moment.step);
        return moment.when === 'after' && moments++ === kill;
      };
      await world.send({ event: 'rotate', by: BY });
      await world.passMinutes((3 * OVERLAP_SECONDS) / 60);
      const secret = await world.secret();
      const current = world.valueOf(secret, secret.labels.current);
      const at = `killed at ${kill}`;
      expect(workless, at).toEqual([]);
      expect(secret.run, at).toBe(null);
      expect(readFileSync(path, 'utf8'), at).toBe(current);
      expect(consumer, at).toMatchObject({ holds: current, told: 1 });
      expect([...world.target.accepted], at).toEqual([current]);
      const { signal } = new AbortController();
      expect((await delivery.delivered(secret, signal)).map(({ state }) => state)).toEqual([
        'same',
      ]);
      return moments;
    };
    const moments = await go(-1);
    expect(moments).toBeGreaterThan(6);
    for (let kill = 0; kill < moments; kill++) await go(kill);
  });
});
