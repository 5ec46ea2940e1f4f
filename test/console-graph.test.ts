import { describe, expect, it } from 'vitest';
import type { Graph } from '../web/src/tracing/model.ts';
import { underTest } from './support/console.ts';
import { startTestServer, writeFolder } from './support/server.ts';
import { DAY_MS, eventually, sendSpans, spansOf, type Told } from './support/traced.ts';

/** More services than are drawn one by one. */
const NAMESPACES = 8;
const EACH = 50;
const COUNT = NAMESPACES * EACH;
const REFUSED = 7;
const HOSTILE = '<img src=x onerror=alert(1)>';

const nameOf = (place: number): string => {
  const at = place % COUNT;
  return `ns${Math.floor(at / EACH)}/s${at}`;
};
const idOf = (place: number): string => `test/${nameOf(place)}`;

/** What is declared of one of them. */
const CRITICAL = `
apiVersion: reeve.dev/v1
kind: Service
metadata: { name: s217, namespace: ns4, owner: team-s217 }
spec: { criticality: critical }
`;

/** Each service calls three others: the next ones, and one of the next namespace. */
function largeEstate(now: number): Told[] {
  return Array.from({ length: COUNT }, (_, place) =>
    [1, 3, EACH].map((step, which) => ({
      ...{ from: nameOf(place), to: nameOf(place + step), path: '/items' },
      ...{ at: now - 3 * DAY_MS + place, trace: 3 * place + which },
      status: place === REFUSED && step === 1 ? 403 : 200,
    })),
  ).flat();
}

const tested = underTest(async () => {
  const folder = writeFolder({ 's217/reeve.yaml': CRITICAL });
  const server = await startTestServer({
    folders: [{ path: folder.path, name: 'estate' }],
    tracing: { traces: { windowSeconds: 1 } },
  });
  await server.settle();
  folder.remove();
  const told = largeEstate(Date.now());
  for (let from = 0; from < told.length; from += 300) {
    await sendSpans(server, spansOf(told.slice(from, from + 300), 1 + from * 2));
  }
  await eventually<Graph>(
    server,
    '/api/v1/graph?limit=1',
    ({ edgeCount }) => edgeCount === 3 * COUNT,
  );
  return server;
});

/** Has a browser answer as one without WebGL does. */
const NO_WEBGL = `{
  const real = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind.startsWith('webgl') ? null : real.call(this, kind, ...rest);
  };
}`;

const map = () =>
  tested.page.getByRole('region', { name: /^Map of 400 services and 1,200 relationships/ });
const panel = () => tested.page.getByRole('complementary');
const beyond = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

async function openMap(query = ''): Promise<void> {
  await tested.open(`/graph${query}`);
  await map().locator('canvas.sigma-nodes').waitFor();
  await tested.page.getByText('Finding places').waitFor({ state: 'detached' });
}

/** What a layer of the map shows, as an image. */
const imageOf = (layer: string): Promise<string> =>
  tested.page.evaluate(`document.querySelector('.map .sigma-${layer}').toDataURL()`);

/** Whether there is anything on a layer of the map. */
const isPainted = (layer: string): Promise<boolean> =>
  tested.page.evaluate(`{
    const { canvas } = document.querySelector('.map .sigma-${layer}').getContext('2d');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    data.some((part) => part !== 0);
  }`);

describe('a call graph of more services than can be drawn one by one', () => {
  it('is a map, and says what its lines mean', async () => {
    await openMap();
    const legend = tested.page.getByRole('list', { name: 'What lines mean' });
    await legend.getByText('asserted 1,199').waitFor();
    await legend.getByText('refused 1', { exact: true }).waitFor();
    expect(await tested.page.locator('.graph .node').count()).toBe(0);
    await expect.poll(() => isPainted('rings')).toBe(true);
    expect(await isPainted('focus')).toBe(false);
    await tested.page.getByRole('heading', { name: 'Call graph 1,200' }).waitFor();
    expect(await tested.page.evaluate(beyond)).toBe(0);
  });

  it('is flown over to a service that is looked for, with its panel and its relationships', async () => {
    await openMap();
    await tested.page.getByRole('searchbox', { name: 'Find a service' }).fill('s217');
    const list = tested.page.getByRole('list', { name: 'Services' });
    await list.getByRole('link', { name: 'ns4/s217', exact: true }).waitFor();
    expect(await list.getByRole('listitem').count()).toBe(1);
    const before = await imageOf('names');
    await tested.page.keyboard.press('Enter');
    await panel().getByRole('heading', { name: 'ns4/s217' }).waitFor();
    await panel().getByText('How well it is known').waitFor();
    await tested.page.getByRole('heading', { name: 'Relationships of ns4/s217' }).waitFor();
    // three that it calls, and three that call it
    await expect.poll(() => tested.page.locator('main table.cards tbody tr').count()).toBe(6);
    await map().locator('.map-canvas.focused').waitFor();
    expect(await isPainted('focus')).toBe(true);
    await expect.poll(() => imageOf('names')).not.toBe(before);
    await tested.page.getByRole('link', { name: 'ns4/s217 → ns4/s218', exact: true }).click();
    await panel().getByText('ns4/s217 calls ns4/s218').waitFor();
    await tested.page.keyboard.press('Escape');
    await panel().waitFor({ state: 'detached' });
    await map().locator('.map-canvas:not(.focused)').waitFor();
  });

  it('tells of the service under the pointer, and opens its panel', async () => {
    await openMap(`?id=${encodeURIComponent(idOf(217))}`);
    await panel().getByRole('heading', { name: 'ns4/s217' }).waitFor();
    await map().locator('.map-canvas.focused').waitFor();
    await tested.page.keyboard.press('Escape');
    await panel().waitFor({ state: 'detached' });
    // it was flown to: it is in the middle
    const box = await map().boundingBox();
    if (!box) throw new Error('the map is there');
    await tested.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 3 });
    await map().getByText('calls 3, called by 3').waitFor();
    await tested.page.mouse.down();
    await tested.page.mouse.up();
    await panel().getByRole('heading', { name: 'ns4/s217' }).waitFor();
    expect(tested.page.url()).toContain(encodeURIComponent(idOf(217)));
  });

  it('is moved by keys', async () => {
    await openMap();
    await map().focus();
    for (const key of ['ArrowLeft', '+', '0']) {
      const before = await imageOf('names');
      await tested.page.keyboard.press(key);
      await expect.poll(() => imageOf('names')).not.toBe(before);
    }
  });

  it('stands as it stood, whenever it is opened', async () => {
    await openMap();
    const first = await imageOf('names');
    await tested.page.reload();
    await map().locator('canvas.sigma-nodes').waitFor();
    await expect.poll(() => imageOf('names')).toBe(first);
  });

  it('is narrowed by filters, down to a picture', async () => {
    await openMap();
    await tested.page.getByRole('combobox', { name: 'Namespace' }).selectOption('ns4');
    await tested.page.getByRole('group', { name: '150 services and 204 relationships' }).waitFor();
    await tested.page.getByRole('combobox', { name: 'Namespace' }).selectOption('');
    await map().waitFor();
    await tested.page.getByRole('combobox', { name: 'Around the service' }).fill(idOf(217));
    await tested.page.getByRole('group', { name: '7 services and 6 relationships' }).waitFor();
  });

  it('is loaded with nothing that other pages need, and asks nobody else for anything', async () => {
    const asked: string[] = [];
    tested.page.on('request', (request) => asked.push(request.url()));
    await tested.open('/services');
    await tested.page.getByRole('heading', { name: /^Services/ }).waitFor();
    expect(asked.filter((url) => /LargeGraph|-worker/.test(url))).toEqual([]);
    await tested.page.goto(`${tested.server.origin}/graph`);
    await map().locator('canvas.sigma-nodes').waitFor();
    expect(asked.some((url) => /LargeGraph/.test(url))).toBe(true);
    expect(new Set(asked.map((url) => new URL(url).origin))).toEqual(
      new Set([tested.server.origin]),
    );
  });

  it('fits a narrow window', async () => {
    await tested.page.setViewportSize({ width: 390, height: 800 });
    await openMap();
    expect(await tested.page.evaluate(beyond)).toBe(0);
  });
});

describe('where the browser has no WebGL', () => {
  it('a part is drawn one by one, and that is said; names are text, however hostile', async () => {
    await tested.context.addInitScript(NO_WEBGL);
    await tested.page.route('**/api/v1/graph?*', async (route) => {
      const response = await route.fetch();
      const text = (await response.text()).replaceAll(
        '/s217"',
        `/${HOSTILE}${'long-'.repeat(100)}"`,
      );
      await route.fulfill({ response, body: text });
    });
    await tested.open('/graph');
    await tested.page
      .getByText(/^Only a part is drawn.*needs WebGL, which this browser does not have/)
      .waitFor();
    expect(await tested.page.locator('.graph .node').count()).toBe(300);
    expect(await tested.page.locator('main img').count()).toBe(0);
    expect(await tested.page.evaluate(beyond)).toBe(0);
  });
});
