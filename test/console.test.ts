import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildWeb } from '../scripts/web.ts';
import { launchBrowser } from './support/browser.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let browser: Browser;
let server: TestServer;
beforeAll(async () => {
  await buildWeb();
  [browser, server] = await Promise.all([
    launchBrowser(),
    startTestServer({ folders: [{ path: 'examples/shop', name: 'shop' }] }),
  ]);
  await server.settle();
  expect(await server.get('/api/v1/scans')).toMatchObject({ items: [{ state: 'done' }] });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

let context: BrowserContext;
let page: Page;
/** What the browser complained of: scripts that broke, requests that the policy stopped. */
let complaints: string[];
beforeEach(async () => {
  complaints = [];
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(15_000);
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('401')) {
      complaints.push(message.text());
    }
  });
});
afterEach(async () => {
  await context.close();
  expect(complaints).toEqual([]);
});

const logIn = async () => {
  await page.goto(server.createLoginLink().url);
  await page.getByRole('heading', { name: 'Is every internal call authenticated?' }).waitFor();
};

describe('the console', () => {
  it('lets in by the login link, and keeps its token nowhere', async () => {
    const { url } = server.createLoginLink();
    await page.goto(url);
    await page.getByRole('heading', { name: 'Is every active endpoint inventoried?' }).waitFor();
    expect(page.url()).toBe(`${server.origin}/`);
    expect(await page.evaluate('document.cookie + JSON.stringify(localStorage)')).toBe('{}');
    await context.clearCookies();
    await page.goto(url);
    await page.getByText('The login link is used up or too old').waitFor();
    complaints = [];
  });

  it('sends who is not known to the login page', async () => {
    await page.goto(`${server.origin}/endpoints?status=shadow`);
    await page.getByRole('heading', { name: 'Log in to Reeve' }).waitFor();
  });

  it('shows the three answers, and leads to what fails each', async () => {
    await logIn();
    const cards = page.locator('.answer');
    expect(await cards.count()).toBe(3);
    expect(await cards.locator('.word').allTextContents()).toEqual(['No', 'No', 'No']);
    await page.getByRole('link', { name: /\d declared nowhere/ }).click();
    await page.getByRole('rowheader', { name: 'GET /internal/export' }).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(1);
    expect(page.url()).toContain('/endpoints?status=shadow');
  });

  it('shows an item with its evidence, file and line, and closes it with Escape', async () => {
    await logIn();
    await page.goto(`${server.origin}/endpoints`);
    await page.getByRole('link', { name: 'GET /internal/export' }).click();
    const panel = page.getByRole('complementary');
    await panel.getByText(/orders\/server\.ts:\d+/).waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  });

  it.each(['Services', 'Endpoints', 'Calls', 'Credentials', 'Findings', 'Owners', 'Sources'])(
    'opens %s',
    async (name) => {
      await logIn();
      await page.getByRole('navigation', { name: 'Pages', exact: true }).getByText(name).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      await page.locator('tbody tr, .card').first().waitFor();
    },
  );

  it('searches and filters, and keeps both in the address', async () => {
    await logIn();
    await page.goto(`${server.origin}/endpoints`);
    await page.getByLabel('Search').fill('stock');
    await page.getByText('1 to 1 of 1').waitFor();
    expect(page.url()).toContain('q=stock');
    await page.getByLabel('Search').fill('');
    await page.getByLabel('Status').selectOption('zombie');
    await page.getByRole('rowheader', { name: 'GET /v1/orders/{id}' }).waitFor();
    await page.reload();
    await page.getByText('1 to 1 of 1').waitFor();
  });

  it('can be used with the keyboard alone', async () => {
    await logIn();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the content');
    await page.goto(`${server.origin}/services`);
    await page.getByRole('link', { name: 'orders' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('complementary').getByRole('heading', { level: 2 }).waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H2');
  });

  it('logs out', async () => {
    await logIn();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Log in to Reeve' }).waitFor();
    await page.goto(server.origin);
    await page.getByRole('heading', { name: 'Log in to Reeve' }).waitFor();
  });

  it('asks nothing of other hosts', async () => {
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    await logIn();
    expect([...hosts]).toEqual([new URL(server.origin).host]);
  });
});
