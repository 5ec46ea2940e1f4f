import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openStore } from '../../estate/store/index.ts';
import { IncidentsConfig } from './config.ts';
import { Incidents } from './incidents.ts';
import type { Feedback } from './model.ts';
import { alertOf, DRILL, nowAt } from './testing/alerts.ts';
import { BY, estateOf } from './testing/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'reeve-incidents-'));
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(learnt: Feedback[]) {
  const store = await openStore({ kind: 'sqlite', folder });
  closing.push(() => store.close());
  const incidents = new Incidents({
    ...{ store, estate: estateOf(), config: IncidentsConfig.parse({}), clock: () => nowAt(10) },
    ports: { 'block-endpoint': async () => 'It is blocked.' },
    feedback: { learn: (one) => void learnt.push(one), forget: () => undefined },
    onChange: () => undefined,
    warn: (_, thrown) => {
      throw thrown;
    },
  });
  await incidents.start();
  return { store, incidents };
}

it('an incident, what was done about it and what was learnt are in the store, beside the audit log', async () => {
  const first = await start([]);
  first.incidents.record(alertOf('alert-1', DRILL));
  await first.incidents.tick();
  const view = await first.incidents.get('alert-1');
  await first.incidents.act(view.id, view.proposed[0]?.id ?? '', BY);
  const before = await first.incidents.move(view.id, 'condemn', BY);
  await first.store.close();
  closing.length = 0;

  const learnt: Feedback[] = [];
  const { store, incidents } = await start(learnt);
  expect(await incidents.get('alert-1')).toEqual(before);
  expect(before.actions).toMatchObject([{ kind: 'block-endpoint', standing: 'done' }]);
  expect(learnt).toEqual(await incidents.feedback());
  const { items } = await store.audit({ limit: 10, subject: view.id });
  expect(items.map(({ action }) => action)).toEqual([
    ...['incident.condemn', 'incident.acted', 'incident.act', 'incident.open'],
  ]);
});
