import { describe, expect, it } from 'vitest';
import { AUDIT_ACTIONS } from '../src/audit/index.ts';
import { ACTION_WORDS } from '../src/audit/words.ts';
import { IdentityConfig } from '../src/server/identity/config.ts';
import { underTest } from './support/console.ts';
import { startTestServer, type TestServer, writeFolder } from './support/server.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';
const idOf = (name: string): string => `spiffe://example.org/ns/shop/sa/${name}`;

const tested = underTest(async () => {
  const ghost = writeFolder({
    'ghost/reeve.yaml': JSON.stringify({
      apiVersion: 'reeve.dev/v1',
      kind: 'Service',
      metadata: { name: 'ghost', namespace: 'shop', owner: 'team-ghosts' },
      spec: {},
    }),
  });
  const server = await startTestServer({
    environment: 'production',
    folders: [
      { path: 'examples/shop', name: 'shop', environment: 'production' },
      { path: ghost.path, name: 'ghost', environment: 'production' },
    ],
    identity: IdentityConfig.parse({ trustDomain: 'example.org' }),
  });
  await server.settle();
  ghost.remove();
  for (let count = 0; count < 60; count++) await register(server, `batch-${count}`, 'team-batch');
  await register(server, 'orders-by-hand', 'team-orders');
  await register(server, 'odd', HOSTILE);
  await post(server, 'denials', { spiffeIds: [idOf('batch-7')], reason: 'leaked' });
  return server;
});

async function post(server: TestServer, path: string, body: object): Promise<void> {
  const response = await server.ask(`/api/v1/identity/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
}

const register = (server: TestServer, name: string, owner: string) =>
  post(server, 'entries', {
    entry: { spiffeId: idOf(name), owner, selectors: [`unix:user:${name}`] },
    reason: 'for the test',
  });

const table = (name: string) => tested.page.getByRole('table', { name });
const row = (text: string) => tested.page.getByRole('row').filter({ hasText: text });

describe('the page of identities', () => {
  it('shows the trust domain, and what signs for it', async () => {
    await tested.open('/');
    await tested.page.getByRole('link', { name: 'Identity', exact: true }).click();
    await tested.page.getByRole('heading', { name: 'Trust domain example.org' }).waitFor();
    const active = table('Authorities').getByRole('row').filter({ hasText: 'active' });
    await active
      .filter({ hasText: 'X.509' })
      .getByText(/^in 1 day/)
      .waitFor();
    await active.filter({ hasText: 'JWT' }).waitFor();
    await tested.page.getByText(/62 by people/).waitFor();
  });

  it('lists registrations page by page, found by words and by filters', async () => {
    await tested.open('/identity');
    await tested.page.getByText(/^1 to 50 of \d+$/).waitFor();
    await tested.page.getByRole('button', { name: 'Next' }).click();
    await tested.page.getByText(/^51 to /).waitFor();
    await tested.page.getByRole('searchbox', { name: 'Search' }).fill('orders-by-hand');
    await row(idOf('orders-by-hand')).getByText('unix:user:orders-by-hand').waitFor();
    await row(idOf('orders-by-hand')).getByText('1 h, tokens 5 min').waitFor();
    await tested.page.getByText('1 to 1 of 1').waitFor();
    await tested.page.getByRole('combobox', { name: 'Registered by' }).selectOption('automatic');
    await tested.page.getByText('Nothing fits.').waitFor();
    expect(tested.page.url()).toContain('q=orders-by-hand&origin=automatic');
  });

  it('shows names as text, whatever they hold', async () => {
    await tested.open('/identity?q=odd');
    await row(idOf('odd')).getByText(HOSTILE, { exact: true }).waitFor();
  });

  it('says who has no identity, and why', async () => {
    await tested.open('/identity');
    const lists = tested.page.getByRole('navigation', { name: 'Lists' });
    await lists.getByRole('link', { name: 'No identity' }).click();
    await tested.page.getByRole('searchbox', { name: 'Search' }).fill('ghost');
    await row('ghost')
      .getByText(/^no service account of ghost is known/)
      .waitFor();
    await row('ghost').getByRole('link', { name: 'ghost' }).click();
    await tested.page.getByRole('heading', { name: 'ghost' }).waitFor();
  });

  it('says who is denied', async () => {
    await tested.open('/identity?view=denied');
    await row(idOf('batch-7')).getByText('it is lifted').waitFor();
    await tested.page.getByRole('searchbox', { name: 'Search' }).fill('nobody');
    await tested.page.getByText('Nothing fits.').waitFor();
  });

  it('says what was issued to whom', async () => {
    await tested.open('/identity?view=issues');
    await tested.page.getByRole('region', { name: 'Issued' }).waitFor();
    await tested.page.getByText('Nothing has been issued yet.').or(table('Issued SVIDs')).waitFor();
  });

  it('is led to by the audit log', async () => {
    await tested.open('/audit?action=identity.deny');
    await row(idOf('batch-7')).getByText('leaked').waitFor();
    await tested.page.getByRole('link', { name: idOf('batch-7'), exact: true }).click();
    await tested.page.getByText('1 to 1 of 1').waitFor();
  });

  it('fits a narrow window', async () => {
    await tested.page.setViewportSize({ width: 390, height: 800 });
    await tested.open('/identity');
    await table('Registrations').waitFor();
    const beyond = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await tested.page.evaluate(beyond)).toBe(0);
  });
});

it('the console has words for every action of the audit log', () => {
  expect(Object.keys(ACTION_WORDS).sort()).toEqual(Object.keys(AUDIT_ACTIONS).sort());
});
