import { beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import type { Incidents } from './incidents.ts';
import type { Move } from './states.ts';
import { alertOf, at, DRILL, hopOf, id, nowAt } from './testing/alerts.ts';
import { BY, World } from './testing/world.ts';

let world: World;
let incidents: Incidents;
beforeEach(async () => {
  world = new World();
  incidents = await world.start();
});

const drill = alertOf('alert-1', DRILL);
const only = () => incidents.list()[0]?.id ?? '';

async function record(...alerts: readonly ReturnType<typeof alertOf>[]): Promise<void> {
  for (const alert of alerts) incidents.record(alert);
  await incidents.tick();
}

describe('an alert', () => {
  it('becomes one incident, with what was reached and what falls next', async () => {
    await record(drill);
    const view = await incidents.get(only());
    expect(view).toMatchObject({
      state: 'open',
      severity: 'high',
      summary: { path: ['*', id('legacy-billing'), id('payments'), id('inventory')] },
      firstSign: { from: '*', time: at(0) },
      reached: {
        services: [id('legacy-billing'), id('payments'), id('inventory')],
        data: ['pci'],
        credentials: [{ id: 'credential-1', secret: 'secret-1' }],
      },
      blastRadius: { services: [id('inventory')], serviceCount: 1 },
    });
    expect(view.hops.map(({ to }) => to)).toEqual(DRILL.map(({ to }) => to));
    expect(world.told.map((one) => one.id)).toEqual([only()]);
    expect(world.actions()).toEqual(['incident.open']);
  });

  it('that comes again changes nothing', async () => {
    await record(drill);
    const before = world.documents.peek('incident', only());
    await record(drill, drill);
    expect(incidents.list()).toHaveLength(1);
    expect(world.documents.peek('incident', only())).toEqual(before);
    expect(world.told).toHaveLength(1);
  });

  it('that has more of the same is written after a while, and told to nobody', async () => {
    await record(drill);
    const more = { ...drill, lastTime: at(9), score: 10 };
    await record(more);
    expect(incidents.list()[0]?.lastTime).toBe(drill.lastTime);
    world.now += 15_000;
    await incidents.tick();
    expect(incidents.list()[0]?.lastTime).toBe(at(9));
    expect(world.told).toHaveLength(1);
    expect(world.actions()).toEqual(['incident.open']);
  });

  it('that has come further is written and told at once, in the same incident', async () => {
    await record(drill);
    const further = alertOf('alert-1', [...DRILL, hopOf('inventory', 'orders', 6)], {
      severity: 'critical',
    });
    await record(further);
    expect(incidents.list()).toMatchObject([{ severity: 'critical', to: id('orders') }]);
    expect(world.told).toHaveLength(2);
    expect(world.actions()).toEqual(['incident.open', 'incident.grow']);
  });

  it('that comes further while it is written is not lost', async () => {
    incidents.record(drill);
    await record(alertOf('alert-1', [...DRILL, hopOf('inventory', 'orders', 6)]));
    expect(incidents.list()).toMatchObject([{ to: id('orders') }]);
    expect(incidents.backlog.waiting).toBe(0);
  });

  it('of the same way joins the incident, and keeps its id', async () => {
    await record(drill);
    const next = alertOf('alert-2', [hopOf('inventory', 'reviews', 30, { traceId: null })]);
    await record(next);
    expect(incidents.list()).toHaveLength(1);
    expect((await incidents.get('alert-2')).id).toBe((await incidents.get('alert-1')).id);
    expect((await incidents.get(only())).alerts.map((one) => one.id)).toEqual([
      'alert-1',
      'alert-2',
    ]);
  });

  it('of another way is an incident of its own', async () => {
    await record(drill, alertOf('alert-2', [hopOf('web', 'reviews', 5, { traceId: null })]));
    expect(incidents.list()).toHaveLength(2);
  });

  it('waits where the store is away, and is kept when it is back', async () => {
    world.documents.fails = 'before';
    incidents.record(drill);
    await expect.poll(() => world.warned).toHaveLength(1);
    expect(incidents.list()).toEqual([]);
    expect(incidents.backlog).toEqual({ waiting: 1, lost: 0 });
    await incidents.tick();
    expect(incidents.list()).toHaveLength(1);
    expect(incidents.backlog.waiting).toBe(0);
  });

  it('whose incident cannot be read is given up, and keeps no other waiting', async () => {
    await record(drill);
    const incident = { kind: 'incident', id: only(), version: 1, body: { of: 'a newer Reeve' } };
    await world.documents.amend([incident], []);
    await record(
      alertOf('alert-1', [...DRILL, hopOf('inventory', 'orders', 6)]),
      alertOf('alert-2', [hopOf('web', 'reviews', 5, { traceId: null })]),
    );
    expect(incidents.list().flatMap(({ alerts }) => alerts)).toContain('alert-2');
    expect(incidents.backlog).toEqual({ waiting: 0, lost: 1 });
    await expect(incidents.get(incident.id)).rejects.toMatchObject({
      code: 'incidents/incident-damaged',
    });
    expect(world.documents.peek('incident', incident.id)).toEqual(incident.body);
  });

  it('is an incident though the estate cannot say what was reached', async () => {
    const away = async () => {
      throw new Error('away');
    };
    world.estate = { ...world.estate, credentialsOf: away, blastRadius: away };
    incidents = await world.start();
    await record(drill);
    expect(incidents.list()).toHaveLength(1);
    expect(world.warned).toHaveLength(2);
  });

  it('is the same incident where only the acknowledgement of the store was lost', async () => {
    world.documents.fails = 'after';
    await record(drill);
    await incidents.tick();
    expect(incidents.list()).toHaveLength(1);
  });

  it('that nobody has dealt with is told again after a restart', async () => {
    await record(drill);
    await incidents.close();
    world.told.length = 0;
    incidents = await world.start();
    expect(world.told.map((one) => one.id)).toEqual([only()]);
    await record(drill);
    expect(incidents.list()).toHaveLength(1);
  });
});

describe('what people say', () => {
  it.each<[Move, string, number]>([
    ['acknowledge', 'acknowledged', 0],
    ['expect', 'expected', 1],
    ['condemn', 'malicious', 1],
    ['resolve', 'resolved', 0],
  ])('%s makes it %s', async (move, state, learnt) => {
    await record(drill);
    const view = await incidents.move(only(), move, BY);
    expect(view).toMatchObject({ state, stateBy: 'ada', stateReason: BY.reason });
    expect(world.learnt.size).toBe(learnt);
    expect(world.actions().at(-1)).toBe(`incident.${move}`);
    expect(world.told.at(-1)?.state).toBe(state);
  });

  it('is learnt for good, and known after a restart', async () => {
    await record(drill);
    await incidents.move(only(), 'expect', BY);
    world.learnt.clear();
    await incidents.close();
    incidents = await world.start();
    const feedback = world.learnt.get(only());
    expect(feedback).toMatchObject({
      ...{ verdict: 'expected', by: 'ada', reason: BY.reason, alerts: ['alert-1'] },
    });
    expect(feedback?.patterns).toContainEqual({
      ...{ kind: 'new-edge', from: id('legacy-billing'), to: id('payments') },
      ...{ operation: 'GET /internal/export', evidence: {} },
    });
  });

  it('can be taken back, which opens the incident again', async () => {
    await record(drill);
    await incidents.move(only(), 'expect', BY);
    await incidents.takeBack(only(), BY);
    expect(world.learnt.size).toBe(0);
    expect(await incidents.feedback()).toEqual([]);
    expect(incidents.list()).toMatchObject([{ state: 'open' }]);
    await expect(incidents.takeBack(only(), BY)).rejects.toMatchObject({
      code: 'incidents/feedback-not-found',
    });
  });

  it('stays learnt when what was malicious is resolved, and is forgotten when it is reopened', async () => {
    await record(drill);
    await incidents.move(only(), 'condemn', BY);
    await incidents.move(only(), 'resolve', BY);
    expect(world.learnt.size).toBe(1);
    await incidents.move(only(), 'reopen', BY);
    expect([world.learnt.size, await incidents.feedback()]).toEqual([0, []]);
  });

  it('needs a reason', async () => {
    await record(drill);
    await expect(incidents.move(only(), 'expect', { ...BY, reason: ' ' })).rejects.toMatchObject({
      code: 'incidents/reason-invalid',
    });
  });

  it('is refused where somebody was there before', async () => {
    await record(drill);
    await incidents.move(only(), 'resolve', BY);
    await expect(incidents.move(only(), 'acknowledge', BY)).rejects.toMatchObject({
      code: 'incidents/incident-conflict',
    });
  });

  it('is that somebody works on it, and what they found', async () => {
    await record(drill);
    await incidents.assign(only(), 'ben', BY);
    const view = await incidents.note(only(), 'the export job; password=hunter2secret', BY);
    expect(view).toMatchObject({ assignee: 'ben', notes: [{ by: 'ada', at: at(10) }] });
    expect(JSON.stringify([view.notes, world.documents.log])).not.toContain('hunter2');
    await expect(incidents.note(only(), ' ', BY)).rejects.toMatchObject({
      code: 'incidents/note-invalid',
    });
  });

  it('of no incident is refused', async () => {
    await expect(incidents.get('incident-0')).rejects.toMatchObject({
      code: 'incidents/incident-not-found',
    });
    await expect(incidents.assign('incident-0', 'ben', BY)).rejects.toMatchObject({
      code: 'incidents/incident-not-found',
    });
  });
});

describe('an incident that was closed', () => {
  it('and expected stays so, whatever comes', async () => {
    await record(drill);
    await incidents.move(only(), 'expect', BY);
    world.told.length = 0;
    await record(alertOf('alert-1', [...DRILL, hopOf('inventory', 'orders', 60)]));
    expect(incidents.list()).toMatchObject([{ state: 'expected', to: id('orders') }]);
    expect(world.told).toEqual([]);
  });

  it('and resolved opens again where it goes on, and not for what came before', async () => {
    await record(drill);
    await incidents.move(only(), 'resolve', BY);
    await record(alertOf('alert-1', [...DRILL, hopOf('inventory', 'web', 9)]));
    expect(incidents.list()).toMatchObject([{ state: 'resolved' }]);
    await record(alertOf('alert-1', [...DRILL, hopOf('inventory', 'orders', 60)]));
    expect(incidents.list()).toMatchObject([{ state: 'open' }]);
    expect(world.actions().at(-1)).toBe('incident.reopen');
  });

  it('goes when it is old, and what was learnt of it stays', async () => {
    await record(drill);
    await incidents.move(only(), 'expect', BY);
    world.now += 91 * 86_400_000;
    await incidents.tick();
    expect(incidents.list()).toEqual([]);
    expect(world.actions().at(-1)).toBe('incident.remove');
    expect(await incidents.feedback()).toHaveLength(1);
  });

  it('goes before open ones where there are too many', async () => {
    world = new World({ maxIncidents: 10, groupMinutes: 0 });
    incidents = await world.start();
    const alerts = Array.from({ length: 12 }, (_, number) =>
      alertOf(`alert-${number}`, [hopOf(`a${number}`, `b${number}`, number, { traceId: null })]),
    );
    await record(...alerts.slice(0, 11));
    await incidents.move('alert-5', 'resolve', BY);
    world.now += 600_000;
    await record(...alerts);
    const kept = incidents.list().flatMap((one) => one.alerts);
    expect(kept).toHaveLength(10);
    expect(kept).not.toContain('alert-5');
  });
});

it('what is far more than there is room for is not kept for long', async () => {
  world = new World({ maxIncidents: 10, groupMinutes: 0 });
  incidents = await world.start();
  await incidents.tick();
  const alerts = Array.from({ length: 40 }, (_, number) =>
    alertOf(`alert-${number}`, [hopOf(`a${number}`, `b${number}`, number, { traceId: null })]),
  );
  await record(...alerts);
  expect(incidents.list()).toHaveLength(10);
});

describe('the list', () => {
  it('has the newest first, and what was asked for', async () => {
    await record(drill);
    world.now = nowAt(100);
    await record(alertOf('alert-2', [hopOf('web', 'reviews', 90, { traceId: null })]));
    expect(incidents.list().map(({ from }) => from)).toEqual([id('web'), '*']);
    expect(incidents.list({ service: id('payments') })).toHaveLength(1);
    expect(incidents.list({ state: 'resolved' })).toEqual([]);
    expect(incidents.list({ severity: 'high' })).toHaveLength(2);
  });
});

it('that comes to share a step with another as it grows names it, and is named by it', async () => {
  const apart = alertOf('alert-2', [hopOf('web', 'reviews', 3, { traceId: null })]);
  await record(drill, apart);
  const ids = incidents.list().map((one) => one.id);
  expect(ids).toHaveLength(2);
  for (const one of ids) expect((await incidents.get(one)).related).toEqual([]);
  const met = hopOf('legacy-billing', 'payments', 40, { traceId: null });
  await record(
    alertOf('alert-2', [
      ...apart.hops,
      { ...met, from: id('reviews'), to: id('legacy-billing') },
      met,
    ]),
  );
  const views = await Promise.all(ids.map((one) => incidents.get(one)));
  expect(views.map(({ related }) => related.map((one) => one.id))).toEqual([[ids[1]], [ids[0]]]);
  expect(views[0]?.related[0]?.because).toBe(
    `Both went from ${id('legacy-billing')} to ${id('payments')}.`,
  );
});

describe('an action', () => {
  const actionOf = async (kind: string) => {
    const { proposed } = await incidents.get(only());
    return proposed.find((one) => one.kind === kind)?.id ?? '';
  };

  it('is done by its own domain, once, with who asked and which incident it is for', async () => {
    await record(drill);
    const view = await incidents.act(only(), await actionOf('revoke-identity'), BY);
    const subject = `spiffe://reeve.local/${id('legacy-billing')}`;
    expect(world.done).toEqual([['revoke-identity', subject, `${only()}: ${BY.reason}`]]);
    expect(view.actions).toMatchObject([
      { kind: 'revoke-identity', standing: 'done', by: 'ada', attempts: 1 },
    ]);
    expect(view.actions[0]?.steps).toEqual([
      { subject, state: 'done', at: at(10), outcome: 'revoke-identity was done' },
    ]);
    expect(view.proposed.map(({ kind }) => kind)).not.toContain('revoke-identity');
    expect(world.actions()).toEqual(['incident.open', 'incident.act', 'incident.acted']);
  });

  it('that is refused says why, and can be tried again', async () => {
    await record(drill);
    world.stopAt = async () => {
      throw new Fault('x/unavailable', 'The target is away', { hint: 'try later' });
    };
    const action = await actionOf('rotate-credentials');
    const view = await incidents.act(only(), action, BY);
    expect(view.actions).toMatchObject([
      {
        standing: 'failed',
        steps: [{ state: 'failed', outcome: 'The target is away; try later' }],
      },
    ]);
    world.stopAt = async () => undefined;
    const again = await incidents.act(only(), action, BY);
    expect(again.actions).toMatchObject([{ standing: 'done', attempts: 2 }]);
    expect(world.actions().slice(-4)).toEqual([
      ...['incident.act', 'incident.act-failed', 'incident.act', 'incident.acted'],
    ]);
  });

  it('tells nothing of a fault that nobody has thought of', async () => {
    await record(drill);
    world.stopAt = async () => {
      throw new Error('token abc123 was wrong');
    };
    const view = await incidents.act(only(), await actionOf('end-leases'), BY);
    expect(JSON.stringify([view, world.documents.log])).not.toContain('abc123');
    expect(world.warned).toHaveLength(1);
  });

  it('in the middle of which the server was killed is half done, and is gone on with', async () => {
    world.estate = {
      ...world.estate,
      leasesOf: async () => [1, 2, 3].map((n) => ({ id: `lease-${n}`, service: id('payments') })),
    };
    incidents = await world.start();
    await record(drill);
    const action = await actionOf('end-leases');
    const reached = Promise.withResolvers<void>();
    world.stopAt = async (_, subject) => {
      if (subject !== 'lease-2') return;
      reached.resolve();
      await new Promise(() => undefined);
    };
    void incidents.act(only(), action, BY);
    await reached.promise;
    expect((await incidents.get(only())).actions).toMatchObject([{ standing: 'under-way' }]);

    world.stopAt = async () => undefined;
    incidents = await world.start();
    expect((await incidents.get(only())).actions).toMatchObject([
      { standing: 'half-done', steps: [{ state: 'done' }, { state: 'waits' }, { state: 'waits' }] },
    ]);
    await incidents.resume();
    expect((await incidents.get(only())).actions).toMatchObject([{ standing: 'done' }]);
    expect(world.done.map(([, subject]) => subject)).toEqual(['lease-1', 'lease-2', 'lease-3']);
    const asked = world.documents.log.filter(({ action: one }) => one === 'incident.act').at(-1);
    expect(asked).toMatchObject({ actor: 'ada', reason: BY.reason });
  });

  it('is done once where two ask at the same time', async () => {
    await record(drill);
    const action = await actionOf('block-endpoint');
    await Promise.all([incidents.act(only(), action, BY), incidents.act(only(), action, BY)]);
    expect(world.done).toHaveLength(1);
  });

  it('needs a reason, and to be proposed', async () => {
    await record(drill);
    const action = await actionOf('block-edge');
    await expect(incidents.act(only(), action, { ...BY, reason: '' })).rejects.toMatchObject({
      code: 'incidents/reason-invalid',
    });
    await expect(incidents.act(only(), 'action-0', BY)).rejects.toMatchObject({
      code: 'incidents/action-not-found',
    });
  });
});
