import { describe, expect, it } from 'vitest';
import type { Graph, IncidentView } from '../web/src/tracing/model.ts';
import { underTest } from './support/console.ts';
import { startTestServer } from './support/server.ts';
import {
  eventually,
  lateralMovement,
  ordinaryMonth,
  sendSpans,
  spansOf,
  tracedEstate,
  traceIdOf,
} from './support/traced.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';
const LONG = 'long-'.repeat(100);
const MOVED = 900_000;
const FORGED = 950_000;
/** Of a span that says that it is part of itself. */
const OWN_PARENT = 'feedfacefeedface';

interface Listed {
  readonly items: readonly { readonly id: string; readonly path: readonly string[] }[];
}
const isTheOne = ({ path }: Listed['items'][number]): boolean =>
  path.includes('test/shop/payments');

const tested = underTest(async () => {
  const folder = tracedEstate();
  const server = await startTestServer({
    folders: [{ path: folder.path, name: 'estate' }],
    tracing: { traces: { windowSeconds: 1 } },
  });
  await server.settle();
  folder.remove();
  await sendSpans(server, spansOf(ordinaryMonth(Date.now()), 1));
  await eventually<Graph>(server, '/api/v1/graph', ({ edges }) => edges.length === 2);
  await sendSpans(server, spansOf(lateralMovement(Date.now(), MOVED), 1_000_000));
  await sendSpans(server, [
    {
      resource: { 'service.name': 'web', 'service.namespace': 'shop' },
      spans: [
        {
          ...{ traceId: traceIdOf(FORGED), spanId: OWN_PARENT, parentSpanId: OWN_PARENT, kind: 2 },
          ...{ startMs: Date.now(), attributes: { 'http.request.method': 'GET', 'url.path': '/' } },
        },
      ],
    },
  ]);
  await eventually<Listed>(server, '/api/v1/incidents', ({ items }) => items.some(isTheOne));
  return server;
});

const link = (name: string | RegExp) => tested.page.getByRole('link', { name, exact: true });
const table = (name: string) => tested.page.getByRole('table', { name, exact: true });
const heading = (name: string) => tested.page.getByRole('heading', { name, exact: true });
const region = (name: string) => tested.page.getByRole('region', { name, exact: true });
const dialog = () => tested.page.getByRole('dialog');
const beyond = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/** The incident of the movement, as the API tells it. */
async function theIncident(): Promise<IncidentView> {
  const { items } = await tested.server.get<Listed>('/api/v1/incidents');
  return tested.server.get(`/api/v1/incidents/${items.find(isTheOne)?.id}`);
}

async function openIncident(): Promise<void> {
  const { id } = await theIncident();
  await tested.open(`/incidents/${id}`);
  await heading('The way').waitFor();
}

/** Presses a button that asks for a reason, and gives it. */
async function confirm(button: string | RegExp, submit: string, reason: string): Promise<void> {
  await tested.page.getByRole('button', { name: button, exact: true }).first().click();
  await dialog().getByRole('textbox', { name: 'Reason' }).fill(reason);
  await dialog().getByRole('button', { name: submit, exact: true }).click();
  await dialog().waitFor({ state: 'detached' });
}

/** Answers of the API, changed on their way. */
async function changing<Answer>(path: string, change: (answer: Answer) => object): Promise<void> {
  await tested.page.route(path, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: change((await response.json()) as Answer) });
  });
}

describe('incidents', () => {
  it('are counted in the navigation, and listed with their way', async () => {
    await tested.logIn();
    await tested.page.getByRole('img', { name: /^\d+ open incidents?$/ }).waitFor();
    await tested.page.getByRole('navigation', { name: 'Pages' }).getByText('Incidents').click();
    const row = table('Incidents').getByRole('row').filter({ hasText: 'payments' });
    await row.getByText('mail → ').waitFor();
    await row.getByText('open', { exact: true }).waitFor();
    await tested.page.getByRole('combobox', { name: 'State' }).selectOption('resolved');
    await tested.page.getByText('Nothing fits.').waitFor();
    expect(tested.page.url()).toContain('state=resolved');
  });

  it('show their way hop by hop, what shows it, and what it reached', async () => {
    await openIncident();
    const way = tested.page.getByRole('group', { name: /^The way: mail, then / });
    await way
      .getByText(/^\d GET \/cards\//)
      .first()
      .waitFor();
    await way.getByText('the way begins here').waitFor();
    await way.getByText('undeclared', { exact: true }).first().waitFor();
    await way.getByText('new edge', { exact: true }).first().waitFor();
    await tested.page.getByText(/^The same as a table/).click();
    await table('Requests of the way').getByText('asserted').first().waitFor();
    await region('First sign').waitFor();
    const technique = tested.page
      .getByRole('region', { name: /^Signs \d+$/ })
      .getByRole('link', { name: /^T1021/ })
      .first();
    expect(await technique.getAttribute('href')).toBe('https://attack.mitre.org/techniques/T1021/');
    await region('What was reached').getByRole('link', { name: 'payments' }).first().waitFor();
    await region('Blast radius from here')
      .getByText(/^Policy lets what was reached call/)
      .waitFor();
    await region('What closes the way for good').getByText('stops step 1').first().waitFor();
  });

  it('lead to their traces, and to the services of their way', async () => {
    await openIncident();
    await region('Traces').getByRole('link').first().click();
    await heading(`Trace ${traceIdOf(MOVED)}`).waitFor();
    await tested.page.goBack();
    await tested.page.getByRole('link', { name: 'shop/payments', exact: true }).first().click();
    await tested.page.getByRole('complementary').getByText('How well it is known').waitFor();
  });

  it('are taken on, written about, and done something about, each with a reason', async () => {
    await openIncident();
    await confirm('Acknowledge', 'Acknowledge', '');
    await tested.page.getByText('acknowledged', { exact: true }).waitFor();
    await tested.page.getByRole('button', { name: 'Hand over …' }).click();
    await dialog().getByRole('textbox', { name: 'Who' }).fill('ada');
    await dialog().getByRole('button', { name: 'Hand over' }).click();
    await tested.page.getByText('ada', { exact: true }).waitFor();
    await tested.page.getByRole('textbox', { name: 'Note' }).fill(`asked mail's team ${HOSTILE}`);
    await tested.page.getByRole('button', { name: 'Write it down' }).click();
    await region('Notes').getByText(HOSTILE).waitFor();
    await tested.page.getByRole('button', { name: 'Block the calls …' }).first().click();
    await dialog()
      .getByText(/^What breaks:/)
      .waitFor();
    await dialog().getByRole('button', { name: 'Block the calls' }).click();
    expect(await dialog().isVisible()).toBe(true);
    await dialog().getByRole('textbox', { name: 'Reason' }).fill('somebody has mail');
    await dialog().getByRole('button', { name: 'Block the calls' }).click();
    const done = region('What can be done at once');
    await done.getByText('somebody has mail').waitFor();
    await done.getByText('done', { exact: true }).first().waitFor();
    await tested.page.goto(`${tested.server.origin}/incidents?view=blocked`);
    await table('Blocked calls').getByText('shop/mail → ').waitFor();
    await confirm('Open again …', 'Open again', 'it is over');
    await tested.page.getByText('No call is blocked because of an incident.').waitFor();
  });

  it('are said to be malicious or expected, and that is taken back', async () => {
    await openIncident();
    await confirm('It was malicious', 'It was malicious', 'nobody of ours did that');
    await tested.page.getByText('malicious', { exact: true }).first().waitFor();
    await tested.page.goto(`${tested.server.origin}/incidents?view=learnt`);
    await table('What was learnt').getByText('nobody of ours did that').waitFor();
    await confirm('Take back', 'Take back', 'it was a test');
    await tested.page.getByText('Nobody has said what an incident was.').waitFor();
    await openIncident();
    await tested.page.getByText('open', { exact: true }).waitFor();
  });

  it('name those that they have something in common with, and what is harmless to do', async () => {
    const { id } = await theIncident();
    await tested.logIn();
    await changing<IncidentView>('**/api/v1/incidents/inc*', (incident) => {
      const { state, severity, time, lastTime } = incident.summary;
      const related = [
        {
          ...{ id: 'incident-0', state, severity, time, lastTime, reason: `mail did ${HOSTILE}` },
          because: `Both went from test/shop/mail to test/shop/${HOSTILE}.`,
        },
      ];
      const proposed = incident.proposed.map((one, place) => ({ ...one, isHarmless: place === 0 }));
      return { ...incident, related, proposed };
    });
    await tested.page.goto(`${tested.server.origin}/incidents/${id}`);
    const others = tested.page.getByRole('region', { name: /^Related incidents 1$/ });
    const link = others.getByRole('link', { name: `mail did ${HOSTILE}` });
    expect(await link.getAttribute('href')).toBe('/incidents/incident-0');
    await others.getByText(/^Both went from .*mail/).waitFor();
    const harmless = region('What can be done at once').getByText('nobody is known to need it');
    expect(await harmless.count()).toBe(1);
    expect(await tested.page.locator('main img').count()).toBe(0);
  });

  it('of a thousand hops, with names as long and hostile as can be, are shown as text', async () => {
    const { id } = await theIncident();
    await tested.logIn();
    await changing<IncidentView>('**/api/v1/incidents/inc*', (incident) => {
      const [hop] = incident.hops;
      const hops = Array.from({ length: 1_000 }, (_, place) => ({
        ...hop,
        ...{ from: `test/${LONG}/${HOSTILE}${place}`, to: `test/${LONG}/${HOSTILE}${place + 1}` },
        ...{ operation: `GET /${HOSTILE}${LONG}`, signs: [HOSTILE] },
      }));
      const path = hops.map(({ to }) => to);
      const blastRadius = { services: path.slice(0, 200), serviceCount: 5_000, data: [HOSTILE] };
      return { ...incident, hops, blastRadius, summary: { ...incident.summary, path } };
    });
    await tested.page.goto(`${tested.server.origin}/incidents/${id}`);
    await tested.page.getByText('960 more steps not drawn').waitFor();
    expect(await tested.page.locator('svg.path .node').count()).toBe(41);
    expect(await tested.page.locator('main img').count()).toBe(0);
    expect(await tested.page.evaluate(beyond)).toBe(0);
  });
});

it('an incident that is not there is said not to be', async () => {
  await tested.open('/incidents/incident_none');
  await tested.page
    .getByRole('alert')
    .getByText(/incident_none/)
    .waitFor();
});

describe('where traces are not followed', () => {
  it.each(['/incidents', '/graph', '/traces', '/sources'])('%s says so', async (path) => {
    await tested.logIn();
    const problem = { status: 404, title: 'Not found', code: 'http/not-found', detail: 'no' };
    await tested.page.route(/\/api\/v1\/(incidents|graph|traces|tracing)\b/, (route) =>
      route.fulfill({ status: 404, contentType: 'application/problem+json', json: problem }),
    );
    await tested.page.goto(`${tested.server.origin}${path}`);
    await tested.page.getByText(/^Traces are not followed here/).waitFor();
  });
});

describe('the call graph', () => {
  it('draws who calls whom, with the evidence, what is new, and what was denied', async () => {
    await tested.open('/graph');
    const picture = tested.page.getByRole('group', {
      name: /^\d+ services and \d+ relationships$/,
    });
    for (const name of ['web', 'orders', 'mail', 'payments', 'vault']) {
      await picture.getByRole('link', { name, exact: true }).waitFor();
    }
    await picture.getByText('1 denied', { exact: true }).waitFor();
    expect(await picture.locator('.edge.asserted.new').count()).toBe(2);
    const row = table('Relationships')
      .getByRole('row')
      .filter({ hasText: 'shop/mail → shop/payments' });
    await row.getByText('new').waitFor();
  });

  it('says of a service what is usual, and of a relationship what is asked', async () => {
    await tested.open('/graph');
    const panel = tested.page.getByRole('complementary');
    await tested.page.getByRole('group').getByRole('link', { name: 'orders', exact: true }).focus();
    await tested.page.keyboard.press('Enter');
    await panel.getByText(/^Well known \(\d+ %\): seen on \d+ days/).waitFor();
    await panel.getByText(/^It calls others /).waitFor();
    await panel.getByText(/\/orders\/\{orderId\}/).waitFor();
    await link('shop/web → shop/orders').click();
    await panel.getByText('shop/web calls shop/orders').waitFor();
    await panel.getByRole('rowheader', { name: 'GET /orders/{orderId}' }).waitFor();
    await panel.getByText('336').first().waitFor();
    await tested.page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  });

  it('is narrowed to what lies around a service, step by step, and by filters', async () => {
    await tested.open('/graph');
    await table('Relationships').waitFor();
    await tested.page.getByRole('combobox', { name: 'Around the service' }).fill('test/shop/vault');
    await tested.page.getByRole('group', { name: '2 services and 1 relationship' }).waitFor();
    await tested.page.getByRole('combobox', { name: 'Around it' }).selectOption('2');
    await tested.page.getByRole('group', { name: '3 services and 2 relationships' }).waitFor();
    await tested.page.getByRole('combobox', { name: 'Who called' }).selectOption('authenticated');
    await tested.page.getByRole('group', { name: '1 service and 0 relationships' }).waitFor();
    expect(tested.page.url()).toContain('depth=2');
  });
});

describe('traces', () => {
  it('are listed with the reason why they are kept', async () => {
    await eventually<{ items: { id: string }[] }>(tested.server, '/api/v1/traces', ({ items }) =>
      items.some(({ id }) => id === traceIdOf(MOVED)),
    );
    await tested.open('/traces');
    const row = table('Traces').getByRole('row').filter({ hasText: 'payments' });
    await row.getByText(/part of an alert/).waitFor();
    await tested.page.getByRole('combobox', { name: 'Kept because' }).selectOption('denial');
    await tested.page.getByText('1 to 1', { exact: true }).waitFor();
    await table('Traces').getByRole('rowheader').getByRole('link').click();
    await heading(`Trace ${traceIdOf(MOVED)}`).waitFor();
  });

  it('are waterfalls, with identity and decision on each request', async () => {
    await tested.open('/traces');
    await tested.page.getByRole('textbox', { name: 'Trace id' }).fill('not one');
    await tested.page.getByRole('button', { name: 'Open' }).click();
    await tested.page.getByText(/^A trace id has 32 hexadecimal digits/).waitFor();
    await tested.page
      .getByRole('textbox', { name: 'Trace id' })
      .fill(` ${traceIdOf(MOVED).toUpperCase()} `);
    await tested.page.keyboard.press('Enter');
    const row = table('Requests of the trace').getByRole('row').filter({ hasText: '/keys' });
    await row.getByText('says to be shop/payments').waitFor();
    await row.getByText('denied', { exact: true }).waitFor();
    await row.getByText('undeclared', { exact: true }).waitFor();
    expect(await table('Requests of the trace').getByRole('row').count()).toBe(5);
  });

  it('that are not kept are said not to be', async () => {
    await tested.open(`/traces/${'ab'.repeat(16)}`);
    await tested.page.getByText(/^There is no trace abab/).waitFor();
    await tested.page.getByRole('textbox', { name: 'Trace id' }).waitFor();
  });
});

describe('the sources', () => {
  it('say what became of traces, and what was refused of them', async () => {
    await tested.open('/sources');
    const traces = region('Traces');
    await traces.getByText(/^[\d,]+ taken$/).waitFor();
    await traces.getByText('own-parent').waitFor();
    await traces.getByText(/a span that is its own parent/).waitFor();
    await traces.getByRole('link', { name: /relationships/ }).click();
    await heading('Relationships').waitFor();
  });
});

it.each(['/incidents', '/graph', '/traces', '/sources'])(
  '%s fits a narrow window, and asks nobody else for anything',
  async (path) => {
    const asked: string[] = [];
    tested.page.on('request', (request) => asked.push(new URL(request.url()).origin));
    await tested.page.setViewportSize({ width: 390, height: 800 });
    await tested.open(path);
    await tested.page.locator('main table, main .card').first().waitFor();
    expect(await tested.page.evaluate(beyond)).toBe(0);
    expect(new Set(asked)).toEqual(new Set([tested.server.origin]));
  },
);
