import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { incidentOperations } from '../../server/http/routes/tracing/incidents.ts';
import { type ApiServer, serveOperations } from '../../server/testing/api-server.ts';
import type { BlockedEdge, BlockedEdges } from '../../server/tracing/blocked-edges.ts';
import type { Incidents } from '../../tracing/incidents/index.ts';
import { alertOf, DRILL, hopOf, id } from '../../tracing/incidents/testing/alerts.ts';
import { World } from '../../tracing/incidents/testing/world.ts';
import { type Ended, expectDone, expectRefused, flat, runReeve } from '../testing/run.ts';

const BLOCKED: BlockedEdge = {
  ...{ id: 'edge-1', from: id('web'), to: id('payments'), reason: 'an attack' },
};

const HOPS = DRILL.map((hop, index) => (index === 2 ? { ...hop, signs: ['new-edge'] } : hop));

let world: World;
let incidents: Incidents;
let server: ApiServer;
let blocked: BlockedEdge[];
let incident: string;

beforeEach(async () => {
  world = new World();
  incidents = await world.start();
  blocked = [BLOCKED];
  const edges: Pick<BlockedEdges, 'list' | 'open'> = {
    list: async () => blocked,
    open: async (edge) => {
      if (!blocked.some((one) => one.id === edge)) {
        throw new Fault('tracing/edge-not-found', 'There is no such edge');
      }
      blocked = [];
    },
  };
  const operations = incidentOperations({ incidents, edges: edges as BlockedEdges });
  server = await serveOperations(operations, Date.now);
  incidents.record(alertOf('alert-1', HOPS));
  await incidents.tick();
  incident = incidents.list()[0]?.id ?? '';
});
afterEach(async () => {
  await server.close();
  await incidents.close();
});
afterAll(() => server?.close());

const reeve = (...args: string[]): Promise<Ended> =>
  runReeve(['incidents', ...args, '--server', server.origin], server.token);
const done = async (...args: string[]): Promise<string> =>
  (await expectDone(await reeve(...args))).stdout;
const stateNow = () => incidents.list()[0]?.state;

describe('reeve incidents', () => {
  it('lists incidents, and those that are asked for', async () => {
    expect(await done()).toMatch(
      new RegExp(`^${incident} +open +high +2025-05-05 10:00 .* > inventory$`, 'm'),
    );
    const service = ['--service', id('payments')];
    expect(await done('--state', 'open', '--severity', 'high', ...service)).toContain(incident);
    expect(await done('--severity', 'low')).toBe('No incidents for --severity low.\n');
    const { items, total } = JSON.parse((await reeve('--format', 'json')).stdout) as Record<
      string,
      unknown
    >;
    expect([items, total]).toMatchObject([[{ id: incident }], 1]);
  });

  it('shows the way request by request, what was reached, what falls next, and what to do', async () => {
    const text = await done('show', incident);
    expect(text).toMatch(/^HIGH +new-edge +open$/m);
    expect(text).toMatch(/^ {4}outside -> demo\/shop\/legacy-billing -> demo\/shop\/payments ->$/m);
    expect(text).toMatch(
      /^ {4}10:00:02\.000 +demo\/shop\/legacy-billing -> demo\/shop\/payments GET$/m,
    );
    expect(flat(text)).toContain('GET /internal/export authenticated, undeclared: new-edge');
    expect(flat(text)).toContain('6.0 nats, ATT&CK T1210');
    expect(flat(text)).toContain('GET /internal/export of demo/shop/payments: shadow, pci');
    expect(flat(text)).toContain('billing-db of demo/shop/legacy-billing');
    expect(flat(text)).toContain(
      'Falls next 1 service that policy lets them call demo/shop/inventory',
    );
    expect(flat(text)).toContain('block-edge Forbid every call of demo/shop/legacy-billing');
    expect(flat(text)).toContain('Name the callers: demo/shop/payments.');
    expect(text).toMatch(/^ +what to write is in --format json$/m);
    expect(text).toMatch(/^ +k8s\/policies\.yaml:7$/m);
  });

  it('names incidents that have come to have something in common, and marks what is harmless', async () => {
    const apart = [hopOf('web', 'reviews', 3, { traceId: null })];
    incidents.record(alertOf('alert-2', apart));
    await incidents.tick();
    const met = hopOf('legacy-billing', 'payments', 40, { traceId: null });
    incidents.record(alertOf('alert-2', [...apart, hopOf('reviews', 'legacy-billing', 39), met]));
    await incidents.tick();
    const text = await done('show', incident);
    expect(text).toMatch(/^Related incidents$/m);
    expect(flat(text)).toContain('Both are in the trace');
    expect(flat(text)).toContain('harmless: nobody is known to need it');
  });

  it.each([
    [['acknowledge'], 'acknowledged'],
    [['resolve', '--reason', 'over'], 'resolved'],
    [['expect', '--reason', 'a new job'], 'expected'],
    [['condemn', '--reason', 'an attack'], 'malicious'],
  ])('%j says what it is', async ([name = '', ...flags], state) => {
    expect(await done(name, incident, ...flags)).toMatch(new RegExp(`^state +${state} since`, 'm'));
    expect(stateNow()).toBe(state);
    await done('reopen', incident, '--reason', 'it was not');
    expect(stateNow()).toBe('open');
  });

  it('does what is proposed, by its kind where that is one, and shows what came of it', async () => {
    const text = await done('act', incident, 'block-endpoint', '--yes', '--reason', 'now');
    expect(world.done).toEqual([
      [
        'block-endpoint',
        `${id('payments')} http GET /internal/export`,
        expect.stringContaining('now'),
      ],
    ]);
    expect(flat(text)).toContain('Done block-endpoint Block `GET /internal/export`');
    expect(text).toContain('block-endpoint was done');
    expectRefused(
      await reeve('act', incident, 'block-endpoint', '--yes', '--reason', 'again'),
      'Nothing that can be done is `block-endpoint`',
      `reeve incidents show ${incident}`,
    );
    expectRefused(
      await reeve('act', incident, 'block-edge', '--yes', '--reason', 'which'),
      '`block-edge` can mean action',
      'name one by its id',
    );
    const { proposed } = await incidents.get(incident);
    const [one] = proposed.filter(({ kind }) => kind === 'block-edge');
    await done('act', incident, one?.id ?? '', '--yes', '--reason', 'that one');
    expect(world.done.at(-1)?.slice(0, 2)).toEqual(['block-edge', one?.subjects[0]]);
  });

  it('goes on with what was refused in the middle', async () => {
    world.stopAt = async () => {
      throw new Fault('tracing/edge-malformed', 'not now');
    };
    const failed = await done('act', incident, 'block-endpoint', '--yes', '--reason', 'now');
    expect(flat(failed)).toMatch(/failed, by \S+ .*go on with action/);
    world.stopAt = async () => undefined;
    await done('act', incident, 'block-endpoint', '--yes', '--reason', 'again');
    expect(world.done).toHaveLength(1);
  });

  it('has notes, and somebody who looks after it', async () => {
    expect(await done('note', incident, 'asked the team')).toMatch(/^ +asked the team$/m);
    expect(await done('assign', incident, '--to', 'ada')).toMatch(/^assignee +ada$/m);
    expect(await done('assign', incident, '--none')).not.toMatch(/^assignee/m);
    expectRefused(await reeve('assign', incident), 'Nobody is named', '--none');
  });

  it('takes back what was learnt, and opens what was blocked', async () => {
    expect(await done('learnt')).toBe('Nothing was learnt of incidents.\n');
    await done('expect', incident, '--reason', 'a new job');
    expect(await done('learnt')).toMatch(new RegExp(`^${incident} +expected +.* a new job$`, 'm'));
    expect(await done('forget', incident, '--reason', 'no job')).toBe(`forgotten ${incident}\n`);
    expect([...world.learnt]).toEqual([]);
    expect(await done('blocked')).toMatch(
      /^edge-1 +demo\/shop\/web +demo\/shop\/payments +an attack$/m,
    );
    expect(await done('open', 'edge-1', '--reason', 'mended')).toBe('opened edge-1\n');
    expect(await done('blocked')).toBe('No edge is blocked.\n');
  });

  it.each([
    [['resolve', 'x'], '--reason'],
    [['act', 'x', 'y'], '--reason'],
    [['--state', 'gone'], 'open, acknowledged'],
  ])('%j is told as usage', async (args, usage) => {
    const { status, stderr } = await reeve(...args);
    expect([status, flat(stderr)]).toEqual([2, expect.stringContaining(usage)]);
  });

  it('says what there is not, and what cannot be', async () => {
    const { status, stderr } = await reeve('show', 'none');
    expect([status, flat(stderr)]).toEqual([2, expect.stringContaining('none')]);
    await done('resolve', incident, '--reason', 'over');
    expectRefused(await reeve('acknowledge', incident), 'is resolved', 'look at it again');
  });
});
