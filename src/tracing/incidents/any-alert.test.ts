import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SEVERITIES } from '../../estate/index.ts';
import type { Alert, AlertHop, Sign } from '../model.ts';
import { IncidentNotice } from '../notice.ts';
import type { Incident } from './model.ts';
import { noticeOf } from './notice-of.ts';
import { alertOf, DRILL, hopOf, id } from './testing/alerts.ts';
import { BY, World } from './testing/world.ts';

const text = fc.oneof(
  fc.constantFrom(
    '',
    '*',
    'demo/shop/web',
    'external/x',
    'a -> b',
    '__proto__',
    '2025-05-05T10:00:00Z',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const traceId = fc.option(text);
const hop: fc.Arbitrary<AlertHop> = fc.record({
  ...{ from: text, to: text, operation: text, time: text, traceId },
  evidence: fc.constantFrom('authenticated', 'asserted', 'none'),
  policy: fc.constantFrom('declared', 'undeclared', 'forbidden', 'unknown'),
  outcome: fc.constantFrom('ok', 'failed', 'denied'),
  signs: fc.array(text, { maxLength: 2 }),
});
const severity = fc.constantFrom(...SEVERITIES);
const score = fc.double({ noNaN: true, noDefaultInfinity: true });
const sign: fc.Arbitrary<Sign> = fc.record({
  ...{ kind: text, severity, score, reason: text, evidence: fc.constant({}), technique: text },
  ...{ from: text, to: text, operation: text, time: text, traceId },
});
const anyAlert: fc.Arbitrary<Alert> = fc.record({
  ...{ id: fc.constantFrom('alert-1', 'alert-2', 'alert-3'), kind: text, from: text, to: text },
  ...{ path: fc.array(text, { maxLength: 4 }), time: text, lastTime: text, severity, score },
  raised: fc.nat({ max: 3 }),
  ...{ traceIds: fc.array(text, { maxLength: 2 }), reason: text },
  techniques: fc.array(text, { maxLength: 2 }),
  hops: fc.array(hop, { maxLength: 4 }),
  signs: fc.array(sign, { maxLength: 3 }),
});

it('whatever an alert says, it is an incident that people can look at, act on, judge and be told of', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyAlert, { minLength: 1, maxLength: 5 }), async (alerts) => {
      const world = new World();
      const incidents = await world.start();
      for (const alert of alerts) incidents.record(alert);
      await incidents.tick();
      expect(incidents.backlog).toEqual({ waiting: 0, lost: 0 });
      for (const { id: one } of incidents.list()) {
        const { proposed } = await incidents.get(one);
        for (const { id: action } of proposed) await incidents.act(one, action, BY);
        expect((await incidents.move(one, 'condemn', BY)).proposed).toEqual([]);
        const stored = world.documents.peek('incident', one) as Incident;
        IncidentNotice.parse(noticeOf(stored));
      }
      const known = incidents.list().flatMap((one) => one.alerts);
      expect(known.toSorted()).toEqual([...new Set(alerts.map((alert) => alert.id))].toSorted());
    }),
    { numRuns: 60 },
  );
});

it('a notice is short, and has what was reached and the whole way', async () => {
  const world = new World();
  const incidents = await world.start();
  const long = Array.from({ length: 60 }, (_, n) =>
    hopOf(`a${n}`, `a${n + 1}`, n, { traceId: `t${n}` }),
  );
  incidents.record(alertOf('alert-1', DRILL));
  incidents.record(alertOf('alert-2', long));
  await incidents.tick();
  const [longer, drill] = world.told.toReversed().map(noticeOf);
  expect(drill).toMatchObject({
    ...{ state: 'open', severity: 'high', by: null, data: ['pci'], signs: 3 },
    path: ['*', id('legacy-billing'), id('payments'), id('inventory')],
    hops: [{ to: id('legacy-billing') }, { to: id('payments') }, { to: id('inventory') }],
  });
  expect([longer?.hops.length, longer?.path.length, longer?.traceIds.length]).toEqual([20, 20, 5]);
});
