import { describe, expect, it } from 'vitest';
import { type Sighting, toParty } from '../../estate/index.ts';
import { createTemplateLearner } from '../../inventory/templates/index.ts';
import { TrafficState } from '../../inventory/traffic/index.ts';
import { type Harvested, Harvester } from './harvester.ts';

const ORDERS = toParty({ by: 'name', name: 'orders' });
const HOUR_MS = 3_600_000;
const RULES = { stableAfterRequests: 3, settleMs: 1e9, changeMs: 1e9, refreshMs: 60_000 };

function aHarvest(rules = RULES) {
  const state = new TrafficState(createTemplateLearner);
  const sent: Harvested[][] = [];
  let now = 1_000_000;
  const harvester = new Harvester(
    state,
    rules,
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
  const ratesTold = (): number[] =>
    sent
      .splice(0)
      .flatMap((batch) =>
        batch.flatMap(({ seen }) => seen.endpoints.map(({ traffic }) => traffic.perMinute)),
      );
  return { state, harvester, see, told, ratesTold, pass: (ms: number) => (now += ms) };
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

  it('takes data that no sample of a payload held before for new, and more of it for counts', async () => {
    const harvest = aHarvest();
    const found = (kind: string) => ({
      samples: { requests: { judged: 1, found: { [kind]: 1 } } },
    });
    harvest.see('/a', found('other'));
    await tick(harvest);
    expect(harvest.told()).toEqual([[true, ['/a 1']]]);
    harvest.see('/a', found('email'));
    await tick(harvest);
    expect(harvest.told()).toEqual([[true, ['/a 2']]]);
    harvest.see('/a', found('phone'));
    await tick(harvest);
    expect(harvest.told()).toEqual([]);
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

  it('may be asked to settle while it does, and tells the estate one thing after the other', async () => {
    const state = new TrafficState(createTemplateLearner);
    const settling: Promise<void>[] = [];
    let [count, underWay, most] = [0, 0, 0];
    const ask = (): void => {
      const asked = { service: ORDERS, protocol: 'http', method: 'GET', status: 200 } as const;
      state.add({
        ...asked,
        path: `/${count}`,
        route: `/${count}`,
        count: 1,
        firstAt: 1,
        lastAt: 1,
      });
      settling.push(harvester.settle(), harvester.settle());
    };
    const harvester = new Harvester(state, RULES, Date.now, async () => {
      if (++count < 4) ask();
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay--;
    });
    ask();
    for (const settled of settling) await settled;
    expect({ count, most }).toEqual({ count: 4, most: 1 });
  });

  it('tells again of a service that nobody asks any more, until its rate has sunk', async () => {
    const harvest = aHarvest();
    harvest.see('/a');
    await tick(harvest);
    expect(harvest.ratesTold()).toEqual([1]);
    harvest.pass(HOUR_MS - 1);
    await tick(harvest);
    expect(harvest.ratesTold()).toEqual([]);
    harvest.pass(HOUR_MS + 1);
    await tick(harvest);
    expect(harvest.ratesTold()).toEqual([0]);
    harvest.pass(2 * HOUR_MS);
    await tick(harvest);
    expect(harvest.ratesTold()).toEqual([]);
  });

  it('tells again of a service that changed, until the change is old', async () => {
    const harvest = aHarvest({ ...RULES, settleMs: 1, changeMs: 3 * HOUR_MS });
    harvest.see('/a');
    harvest.pass(HOUR_MS);
    for (let times = 0; times < 2; times++) harvest.see('/a', { parameters: ['page'] });
    await harvest.harvester.settle();
    const told: boolean[] = [];
    for (let hour = 0; hour < 6; hour++) {
      harvest.pass(HOUR_MS + 1);
      await tick(harvest);
      told.push(...harvest.told().map(([isNew]) => isNew));
    }
    // the last time is new: there is a change less than before
    expect(told.slice(-2)).toEqual([false, true]);
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
