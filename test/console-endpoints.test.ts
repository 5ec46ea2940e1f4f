import { describe, expect, it } from 'vitest';
import { underTest } from './support/console.ts';
import { sendRequests } from './support/requests.ts';
import { startTestServer, type TestServer, writeFolder } from './support/server.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';

const tested = underTest(async () => {
  const hostile = writeFolder({
    'evil/reeve.yaml': JSON.stringify({
      apiVersion: 'reeve.dev/v1',
      kind: 'Service',
      metadata: { name: 'evil', namespace: 'shop', owner: HOSTILE },
      spec: { exposes: [{ openapi: 'openapi.yaml' }] },
    }),
    'evil/openapi.yaml': JSON.stringify({
      openapi: '3.1.0',
      info: { title: HOSTILE, version: '1' },
      paths: { [`/${HOSTILE}`]: { get: { responses: { 200: { description: HOSTILE } } } } },
    }),
  });
  const server = await startTestServer({
    environment: 'production',
    folders: [
      { path: 'examples/shop', name: 'shop', environment: 'production' },
      { path: 'examples/shop', name: 'shop in staging', environment: 'staging' },
      { path: hostile.path, name: 'evil', environment: 'production' },
    ],
  });
  await server.settle();
  hostile.remove();
  await sendTraffic(server);
  await server.settle();
  return server;
});

/** Requests that orders answers: of endpoints that nobody declares, of one that is not there, and some
 *  that no service can be found for. */
async function sendTraffic({ otlpOrigin }: TestServer): Promise<void> {
  const named = ['adopted', 'assigned', 'deprecated', 'blocked', 'accepted', 'tagged'];
  for (const path of ['internal/export', 'bulk/first', 'bulk/second', ...named]) {
    await sendRequests(otlpOrigin, 'orders', `/${path}`, { count: 20, isRouted: true });
  }
  for (let report = 1_000; report < 1_040; report++) {
    await sendRequests(otlpOrigin, 'orders', `/reports/${report}/lines`);
  }
  await sendRequests(otlpOrigin, 'orders', '/wp-login.php', { count: 10, status: 404 });
  await sendRequests(otlpOrigin, 'orders', '/seen-once');
  await sendRequests(otlpOrigin, undefined, '/of-nobody');
}

const idOf = (template: string): string => `production/shop/orders http GET ${template}`;
const detailOf = (template: string): string =>
  `/endpoints?id=${encodeURIComponent(idOf(template))}`;

const panel = () => tested.page.getByRole('complementary');
const dialog = () => tested.page.getByRole('dialog');
const button = (name: string) => panel().getByRole('button', { name, exact: true });
const decideWith = async (name: string): Promise<void> => {
  await dialog().getByRole('button', { name, exact: true }).click();
  await dialog().waitFor({ state: 'detached' });
};
/** In so many days, as date fields take it. */
const dayIn = (days: number): string =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe('the list of endpoints', () => {
  it('shows traffic, marks and environments side by side', async () => {
    await tested.open('/endpoints?q=internal&environment=production');
    const row = tested.page.getByRole('row').filter({ hasText: '/internal/export' });
    await row.getByText('shadow', { exact: true }).waitFor();
    await row.getByText('review', { exact: true }).waitFor();
    await row.getByText('20/min').waitFor();
    await row.getByRole('link', { name: 'production : shadow, seen in traffic' }).waitFor();
    await row.getByRole('link', { name: 'staging : shadow, not seen in traffic' }).click();
    await panel().getByText('in no specification').waitFor();
    expect(tested.page.url()).toContain('staging');
  });

  it('shows names as text, whatever they hold', async () => {
    await tested.open('/endpoints?q=evil');
    await tested.page.getByRole('link', { name: `GET /${HOSTILE}` }).click();
    await panel().getByRole('heading', { level: 2 }).getByText(HOSTILE).waitFor();
    await panel().locator('dd').getByText(HOSTILE).waitFor();
    expect(await tested.page.locator('img[src="x"]').count()).toBe(0);
  });

  it('hides probes and what was hardly seen, until they are asked for', async () => {
    await tested.open('/endpoints?q=orders+wp-login');
    await tested.page.getByText('Nothing fits.').waitFor();
    await tested.page.getByRole('button', { name: 'More filters' }).click();
    await tested.page.getByLabel('Certainty').selectOption('only 404');
    await tested.page.getByRole('link', { name: 'GET /wp-login.php' }).click();
    await panel().getByText('Every request was answered 404').waitFor();
    expect(tested.page.url()).toContain('visibility=probe');
    await tested.page.goto(`${tested.server.origin}/endpoints?q=seen-once&visibility=unstable`);
    await tested.page.getByRole('rowheader', { name: 'GET /seen-once' }).waitFor();
  });

  it('filters by owner, method and traffic, and keeps all of it in the address', async () => {
    await tested.open('/endpoints?environment=production');
    await tested.page.getByLabel('Owner').selectOption('team-inventory');
    await tested.page.getByText('1 to 3 of 3').waitFor();
    await tested.page.getByRole('button', { name: 'More filters' }).click();
    await tested.page.getByLabel('Method').selectOption('POST');
    await tested.page.getByText('1 to 1 of 1').waitFor();
    await tested.page.reload();
    await tested.page.getByText('1 to 1 of 1').waitFor();
    await tested.page.getByRole('button', { name: 'More filters (3)' }).click();
    await tested.page.getByLabel('Traffic').selectOption('seen');
    await tested.page.getByText('Nothing fits.').waitFor();
    await tested.page.getByLabel('Owner').selectOption('nobody');
    expect(tested.page.url()).toContain('owner=-');
  });
});

describe('the review page', () => {
  it('counts what waits by owner and reason, and leads to it', async () => {
    await tested.open('/review');
    const row = tested.page.getByRole('row').filter({ hasText: 'team-orders' });
    const link = row.getByRole('link', { name: /of team-orders: declared nowhere/ });
    const count = Number(await link.textContent());
    expect(count).toBeGreaterThan(2);
    await link.click();
    await tested.page.getByText(`1 to ${count} of ${count}`).waitFor();
    expect(tested.page.url()).toContain('review=shadow');
  });
});

describe('the answers', () => {
  it('tell what was discovered against what is declared', async () => {
    await tested.logIn();
    const card = tested.page.getByRole('region', { name: 'Discovered against declared' });
    const { coverage } = await tested.server.get<{ coverage: { undeclared: number } }>(
      '/api/v1/inventory/coverage',
    );
    await card.getByRole('rowheader', { name: 'staging' }).waitFor();
    await card.getByRole('link', { name: `${coverage.undeclared} (` }).click();
    await tested.page.getByText(`of ${coverage.undeclared}`, { exact: false }).first().waitFor();
    expect(tested.page.url()).toContain('/endpoints?status=shadow');
  });
});

describe('what a person decides', () => {
  it('to adopt: the specification to commit is there, the endpoint is governed, and undo takes it back', async () => {
    await tested.open(detailOf('/adopted'));
    await panel()
      .getByText(/called \(last .+\), but no specification declares it/)
      .waitFor();
    await button('Adopt').click();
    await dialog().getByText('openapi: 3.1.0').waitFor();
    const downloading = tested.page.waitForEvent('download');
    await dialog()
      .getByRole('button', { name: /^Download/ })
      .click();
    expect((await downloading).suggestedFilename()).toBe('orders.openapi.yaml');
    await dialog().getByLabel('Reason').fill('found by us');
    await decideWith('Adopt');
    await panel().getByText('GET /adopted of orders is adopted.').waitFor();
    await panel().getByText('governed', { exact: true }).waitFor();
    await panel().getByText('admin').first().waitFor();
    await button('Undo Adopted').click();
    await decideWith('Undo');
    await panel().getByText('shadow', { exact: true }).first().waitFor();
    await panel().getByText('took back a decision').waitFor();
  });

  it('to assign an owner: whatever the name holds stays text', async () => {
    await tested.open(detailOf('/assigned'));
    await button('Assign').click();
    await dialog().getByLabel('Owner').fill(HOSTILE);
    await dialog().getByLabel('Reason').fill(`because of ${HOSTILE}`);
    await decideWith('Assign');
    await panel().getByText(`GET /assigned of orders is assigned to ${HOSTILE}.`).waitFor();
    await panel().getByText(`because of ${HOSTILE}`).first().waitFor();
    await tested.page.goto(`${tested.server.origin}/owners`);
    await tested.page.getByRole('rowheader', { name: HOSTILE }).waitFor();
    await tested.page.goto(`${tested.server.origin}/review`);
    await tested.page.getByRole('rowheader', { name: HOSTILE }).waitFor();
    expect(await tested.page.locator('img[src="x"]').count()).toBe(0);
  });

  it('to deprecate it: with a last day', async () => {
    await tested.open(detailOf('/deprecated'));
    await button('Deprecate').click();
    await dialog().getByLabel('Last day').fill(dayIn(30));
    await decideWith('Deprecate');
    await panel()
      .getByText(`until ${dayIn(30)}`)
      .waitFor();
    await panel().getByText('deprecated', { exact: true }).first().waitFor();
  });

  it('to block it: only with a reason, and knowing what that does', async () => {
    await tested.open(detailOf('/blocked'));
    await button('Block').click();
    await dialog().getByText('nothing refuses the calls yet').waitFor();
    const submit = dialog().getByRole('button', { name: 'Block', exact: true });
    await submit.click();
    await dialog().getByLabel('Reason').fill('it leaks');
    await submit.click();
    expect(await dialog().count(), 'it is still to be confirmed').toBe(1);
    await dialog().getByLabel('I know that its callers will be reported').check();
    await decideWith('Block');
    await panel().getByText('It is blocked').waitFor();
    await tested.page.goto(`${tested.server.origin}/endpoints?blocked=true`);
    await tested.page.getByText('1 to 1 of 1').waitFor();
  });

  it('to accept the risk: the server’s refusal is told, and then it waits no more', async () => {
    await tested.open(detailOf('/accepted'));
    await panel().getByText('Waits for review').waitFor();
    await button('Accept the risk').click();
    await dialog().getByLabel('Until').fill(dayIn(800));
    await dialog().getByLabel('Reason').fill('it goes away soon');
    await dialog().getByRole('button', { name: 'Accept the risk', exact: true }).click();
    await dialog().getByRole('alert').getByText('A risk is accepted for a year at most').waitFor();
    await dialog().getByLabel('Until').fill(dayIn(60));
    await decideWith('Accept the risk');
    await panel().getByText('Risk accepted').first().waitFor();
    await panel().getByText('Waits for review').waitFor({ state: 'detached' });
  });

  it('to tag it: a person’s word for data and criticality', async () => {
    await tested.open(detailOf('/tagged'));
    await button('Tag').click();
    await dialog().getByLabel('Data it handles').fill('pci, secret-sauce');
    await dialog().getByLabel('Criticality').selectOption('critical');
    await decideWith('Tag');
    await panel().getByText('pci, secret-sauce; criticality critical').waitFor();
    await panel().getByText('critical', { exact: false }).first().waitFor();
  });

  it('of many endpoints at once', async () => {
    await tested.open('/endpoints?q=bulk');
    await tested.page.getByLabel('Select everything on this page').check();
    await tested.page.getByText('2 selected').waitFor();
    await tested.page.getByRole('button', { name: 'Assign', exact: true }).click();
    await dialog().getByLabel('Owner').fill('team-bulk');
    await decideWith('Assign');
    await tested.page.getByText('2 endpoints are assigned to team-bulk.').waitFor();
    await tested.page.goto(`${tested.server.origin}/endpoints?owner=team-bulk`);
    await tested.page.getByText('1 to 2 of 2').waitFor();
  });

  it('by keyboard alone: Escape closes the form and not the panel', async () => {
    await tested.open(detailOf('/internal/export'));
    await button('Tag').focus();
    await tested.page.keyboard.press('Enter');
    await dialog().waitFor();
    await tested.page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await tested.page.evaluate('document.activeElement.textContent')).toBe('Tag');
    await panel().waitFor();
  });
});

describe('templates that were learnt', () => {
  it('are renamed, with a preview, and back', async () => {
    await tested.open('/endpoints?q=reports');
    await tested.page
      .getByRole('rowheader')
      .filter({ hasText: '/lines' })
      .getByRole('link')
      .click();
    await panel().getByText('Learnt from the paths that were requested.').waitFor();
    await button('Rename').click();
    await dialog().getByLabel('New template').fill('/reports/{number}/lines');
    await dialog().getByRole('button', { name: 'Preview' }).click();
    await dialog()
      .getByRole('status')
      .getByText('will be counted under /reports/{number}/lines')
      .waitFor();
    await decideWith('Rename');
    await panel()
      .getByText(/renamed to \/reports\/\{number\}\/lines/)
      .first()
      .waitFor();
    await tested.server.settle();
    await tested.page.goto(`${tested.server.origin}${detailOf('/reports/{number}/lines')}`);
    await panel().getByText('A person set it: by a correction').waitFor();
    await panel()
      .getByRole('button', { name: /Undo .*renamed to/ })
      .click();
    await panel().getByText('Corrections of this service').waitFor({ state: 'detached' });
  });
});

describe('what came in', () => {
  it('is told by source, with what is lost now, and why', async () => {
    await tested.open('/sources');
    const source = tested.page
      .locator('.card')
      .filter({ hasText: 'OpenTelemetry traces over HTTP' });
    await source.getByText(/\d+ taken/).waitFor();
    await source.getByText('no service name').waitFor();
    await source.getByText('set service.name in the exporter').waitFor();
    await tested.page.getByRole('alert').getByText('not counted at this moment').waitFor();
  });
});

describe('the audit log', () => {
  it('tells who changed what and why, the latest first, and of one subject alone', async () => {
    const decide = await tested.server.ask('/api/v1/endpoints/decisions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        endpoints: [idOf('/internal/export')],
        decision: { action: 'assign', owner: 'team-audit' },
        reason: 'to be seen in the log',
      }),
    });
    expect(decide.status).toBe(200);
    await tested.open('/audit');
    const latest = tested.page.locator('tbody tr').first();
    await latest.getByText('to be seen in the log').waitFor();
    await latest.getByText('owner: team-audit').waitFor();
    await latest.getByRole('link', { name: /^Only what was done to/ }).click();
    await tested.page.getByText('1 to 1 of 1').waitFor();
    expect(tested.page.url()).toContain('subject=');
    await tested.page.getByRole('combobox', { name: 'What was done' }).selectOption('blocked');
    await tested.page.getByText('Nothing fits.').waitFor();
  });
});

describe('in a narrow window', () => {
  it('no page is wider than the window', async () => {
    await tested.page.setViewportSize({ width: 390, height: 844 });
    await tested.logIn();
    const paths = ['/', '/review', '/endpoints', '/sources', '/audit', '/owners'];
    for (const path of [...paths, detailOf('/internal/export')]) {
      await tested.page.goto(`${tested.server.origin}${path}`);
      await tested.page.locator('.card, tbody tr, .panel h3').first().waitFor();
      const beyond = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await tested.page.evaluate(beyond), path).toBe(0);
    }
  });

  it('the detail can be scrolled to its end', async () => {
    await tested.page.setViewportSize({ width: 390, height: 844 });
    await tested.open(detailOf('/internal/export'));
    const last = panel().getByRole('link', { name: 'Its findings' });
    await last.click();
    await tested.page.getByRole('heading', { level: 1, name: 'Findings' }).waitFor();
  });
});
