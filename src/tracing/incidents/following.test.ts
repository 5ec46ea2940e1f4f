import { beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import type { Incidents } from './incidents.ts';
import type { Feedback } from './model.ts';
import { alertOf, at, DRILL, hopOf, nowAt } from './testing/alerts.ts';
import { BY, World } from './testing/world.ts';

const drill = alertOf('alert-1', DRILL);

let world: World;
let one: Incidents;
let other: Incidents;
let learntThere: Map<string, Feedback>;
beforeEach(async () => {
  world = new World();
  learntThere = new Map();
  one = await world.start();
  other = await world.start(learntThere);
  one.record(drill);
  await one.tick();
});

const idOf = (): string => one.list()[0]?.id ?? '';
async function seenThere() {
  await other.look();
  return other.list();
}

describe('another server that shares the store', () => {
  it('has what is new in its list', async () => {
    expect(other.list()).toEqual([]);
    expect(await seenThere()).toEqual(one.list());
  });

  it('finds an incident by the id of an alert that it has not seen', async () => {
    expect((await other.get('alert-1')).id).toBe(idOf());
    expect((await other.note('alert-1', 'seen from here', BY)).notes).toHaveLength(1);
  });

  it('sees what people say, and learns from it, once', async () => {
    await one.move(idOf(), 'expect', BY);
    expect(await seenThere()).toMatchObject([{ state: 'expected' }]);
    expect([...learntThere.values()]).toMatchObject([{ verdict: 'expected' }]);
    const [first] = learntThere.values();
    await other.look();
    expect(learntThere.get(idOf())).toBe(first);
    await other.move(idOf(), 'condemn', BY);
    await one.look();
    expect(one.list()).toMatchObject([{ state: 'malicious' }]);
    expect([...world.learnt.values()]).toMatchObject([{ verdict: 'malicious' }]);
  });

  it('forgets what is taken back', async () => {
    await one.move(idOf(), 'expect', BY);
    await seenThere();
    await one.takeBack(idOf(), BY);
    expect(await seenThere()).toMatchObject([{ state: 'open' }]);
    expect(learntThere.size).toBe(0);
  });

  it('sees that there is more of the same, of which the audit log says nothing', async () => {
    await seenThere();
    const before = world.documents.log.length;
    const more = hopOf('legacy-billing', 'payments', 30);
    world.now = nowAt(60);
    one.record(alertOf('alert-1', [...DRILL, more], { to: drill.to, path: drill.path }));
    await one.tick();
    expect(world.documents.log).toHaveLength(before);
    expect(await seenThere()).toMatchObject([{ lastTime: at(30) }]);
  });

  it('joins an alert of its own to it', async () => {
    await seenThere();
    other.record(alertOf('alert-2', [hopOf('inventory', 'vault', 20)]));
    await other.tick();
    await one.look();
    expect(one.list()).toMatchObject([{ alerts: ['alert-1', 'alert-2'] }]);
  });

  it('sees that one has gone', async () => {
    await one.move(idOf(), 'resolve', BY);
    await seenThere();
    world.now = nowAt(200 * 86_400);
    await one.tick();
    expect(await seenThere()).toEqual([]);
  });

  it('reads all anew where much has happened meanwhile', async () => {
    await seenThere();
    await world.documents.amend(
      [],
      Array.from({ length: 10_001 }, () => ({
        ...{ at: at(20), actor: 'reeve', action: 'secret.read', subject: 'x', reason: '' },
        detail: {},
      })),
    );
    await one.move(idOf(), 'acknowledge', BY);
    expect(await seenThere()).toMatchObject([{ state: 'acknowledged' }]);
  });

  it('shows what it knows where the store is away, and says that once', async () => {
    await seenThere();
    const { documentVersions } = world.documents;
    world.documents.documentVersions = async () => {
      throw new Fault('estate/unavailable', 'gone for a moment');
    };
    expect(await seenThere()).toHaveLength(1);
    await seenThere();
    expect(world.warned).toEqual(['What other servers do to incidents is not seen']);
    world.documents.documentVersions = documentVersions;
    await one.move(idOf(), 'acknowledge', BY);
    expect(await seenThere()).toMatchObject([{ state: 'acknowledged' }]);
  });
});
