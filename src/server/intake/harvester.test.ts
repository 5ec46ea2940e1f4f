import { describe, expect, it } from 'vitest';
import { type Sighting, toParty } from '../../estate/index.ts';
import { createTemplateLearner } from '../../inventory/templates/index.ts';
import { TrafficState } from '../../inventory/traffic/index.ts';
import { type Harvested, Harvester } from './harvester.ts';

const ORDERS = toParty({ by: 'name', name: 'orders' });
const RULES = { stableAfterRequests: 3, settleMs: 1e9, changeMs: 1e9, refreshMs: 60_000 };

function aHarvest() {
  const state = new TrafficState(createTemplateLearner);
  const sent: Harvested[][] = [];
  let now = 1_000_000;
  const harvester = new Harvester(
    state,
    RULES,
    () => now,
    async (harvested) => void sent.push([...harvested]),
  );
  const see = (route: string, overrides: Partial<Sighting> = {}): void => {
    const times = { count: 1, firstAt: now, lastAt: now };
    const asked = { service: ORDERS, protocol: 'http', method: 'GET', path: route } as const;
    state.add({ ...asked, route, status: 200, ...times, ...overrides });
  };
  const told = (): [boolean, string[]][] =>
    sent
      .splice(0)
      .flatMap((batch) =>
        batch.map(({ isNew, seen }): [boolean, string[]] => [
          isNew,
          seen.endpoints.map(({ template, traffic }) => `${template} ${traffic.requests}`),
        ]),
      );
  return { state, harvester, see, told, pass: (ms: number) => (now += ms) };
}

/** A tick that does not rest from the one before. */
async function tick({ harvester }: ReturnType<typeof aHarvest>): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 120));
  await harvester.tick();
}

describe('the harvester', () => {
  it('tells at once what is new, and counts at intervals', async () => {
    const harvest = aHarvest();
    harvest.see('/a');
    await tick(harvest);
    expect(harvest.told()).toEqual([[true, ['/a 1']]]);
    harvest.see('/a');
    await tick(harvest);
    expect(harvest.told()).toEqual([]);
    harvest.pass(60_000);
    await tick(harvest);
    expect(harvest.told()).toEqual([[false, ['/a 2']]]);
    harvest.see('/b');
    await tick(harvest);
    expect(harvest.told()).toEqual([[true, ['/a 2', '/b 1']]]);
  });

  it('takes a caller that was not seen before for new', async () => {
    const harvest = aHarvest();
    harvest.see('/a');
    await harvest.harvester.settle();
    harvest.told();
    harvest.see('/a', { caller: toParty({ by: 'name', name: 'web' }) });
    await tick(harvest);
    expect(harvest.told()).toEqual([[true, ['/a 2']]]);
  });

  it('tells everything when it is asked to settle, and again after it forgot', async () => {
    const harvest = aHarvest();
    harvest.see('/a');
    await harvest.harvester.settle();
    harvest.see('/a');
    await harvest.harvester.settle();
    expect(harvest.told()).toEqual([
      [true, ['/a 1']],
      [false, ['/a 2']],
    ]);
    harvest.harvester.forget();
    await harvest.harvester.settle();
    expect(harvest.told()).toEqual([[true, ['/a 2']]]);
  });

  it('sums up anew under what it is told of templates, and previews a correction without keeping it', async () => {
    const harvest = aHarvest();
    const paths = ['/users/ada', '/users/bob'];
    for (const path of paths) {
      const raw = { service: ORDERS, protocol: 'http', method: 'GET', path, status: 200 } as const;
      harvest.state.add({ ...raw, count: 5, firstAt: 1, lastAt: 1 });
    }
    const correction = { correction: 'merge', template: '/users/{name}' } as const;
    const preview = harvest.harvester.preview(ORDERS.key, correction);
    expect(preview?.endpoints.map(({ template }) => template)).toEqual(['/users/{name}']);
    const split = {
      correction: 'split' as const,
      template: correction.template,
      parameter: 'name',
      values: ['ada'],
    };
    harvest.harvester.setKnowledge(ORDERS.key, { priors: [], corrections: [correction, split] });
    await harvest.harvester.settle();
    const templates = harvest.told()[0]?.[1].sort();
    expect(templates).toEqual(['/users/ada 5', '/users/{name} 5']);
  });
});
