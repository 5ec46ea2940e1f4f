import { describe, expect, it } from 'vitest';
import { underTest } from './support/console.ts';
import { startTestServer } from './support/server.ts';

const tested = underTest(async () => {
  const server = await startTestServer({ folders: [{ path: 'examples/shop', name: 'shop' }] });
  await server.settle();
  expect(await server.get('/api/v1/scans')).toMatchObject({ items: [{ state: 'done' }] });
  return server;
});

describe('the console', () => {
  it('lets in by the login link, and keeps its token nowhere', async () => {
    const { url } = tested.server.createLoginLink();
    await tested.page.goto(url);
    await tested.page
      .getByRole('heading', { name: 'Is every active endpoint inventoried?' })
      .waitFor();
    expect(tested.page.url()).toBe(`${tested.server.origin}/`);
    expect(await tested.page.evaluate('document.cookie + JSON.stringify(localStorage)')).toBe('{}');
    await tested.context.clearCookies();
    await tested.page.goto(url);
    await tested.page.getByText('The login link is used up or too old').waitFor();
    tested.complaints = [];
  });

  it('sends who is not known to the login page', async () => {
    await tested.page.goto(`${tested.server.origin}/endpoints?status=shadow`);
    await tested.page.getByRole('heading', { name: 'Log in to Reeve' }).waitFor();
  });

  it('shows the three answers, and leads to what fails each', async () => {
    await tested.logIn();
    const cards = tested.page.locator('.answer');
    expect(await cards.count()).toBe(3);
    expect(await cards.locator('.word').allTextContents()).toEqual(['No', 'No', 'No']);
    await tested.page.getByRole('link', { name: /\d declared nowhere/ }).click();
    await tested.page.getByRole('rowheader', { name: 'GET /internal/export' }).waitFor();
    expect(await tested.page.locator('tbody tr').count()).toBe(2);
    expect(tested.page.url()).toContain('/endpoints?status=shadow');
  });

  it('shows an item with its evidence, file and line, and closes it with Escape', async () => {
    await tested.logIn();
    await tested.page.goto(`${tested.server.origin}/endpoints`);
    await tested.page.getByRole('link', { name: 'GET /internal/export' }).click();
    const panel = tested.page.getByRole('complementary');
    await panel.getByText(/orders\/server\.ts:\d+/).waitFor();
    await tested.page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  });

  it.each(['Services', 'Endpoints', 'Calls', 'Credentials', 'Findings', 'Owners', 'Sources'])(
    'opens %s',
    async (name) => {
      await tested.logIn();
      await tested.page
        .getByRole('navigation', { name: 'Pages', exact: true })
        .getByText(name)
        .click();
      await tested.page.getByRole('heading', { level: 1, name }).waitFor();
      await tested.page.locator('tbody tr, .card').first().waitFor();
    },
  );

  it('searches and filters, and keeps both in the address', async () => {
    await tested.logIn();
    await tested.page.goto(`${tested.server.origin}/endpoints`);
    await tested.page.getByLabel('Search').fill('stock');
    await tested.page.getByText('1 to 1 of 1').waitFor();
    expect(tested.page.url()).toContain('q=stock');
    await tested.page.getByLabel('Search').fill('');
    await tested.page.getByLabel('Status').selectOption('zombie');
    await tested.page.getByRole('rowheader', { name: 'GET /v1/orders/{id}' }).waitFor();
    await tested.page.reload();
    await tested.page.getByText('1 to 1 of 1').waitFor();
  });

  it('can be used with the keyboard alone', async () => {
    await tested.logIn();
    await tested.page.keyboard.press('Tab');
    expect(await tested.page.evaluate('document.activeElement.textContent')).toBe('To the content');
    await tested.page.goto(`${tested.server.origin}/services`);
    await tested.page.getByRole('link', { name: 'orders' }).focus();
    await tested.page.keyboard.press('Enter');
    await tested.page.getByRole('complementary').getByRole('heading', { level: 2 }).waitFor();
    expect(await tested.page.evaluate('document.activeElement.tagName')).toBe('H2');
  });

  it('logs out', async () => {
    await tested.logIn();
    await tested.page.getByRole('button', { name: 'Log out' }).click();
    await tested.page.getByRole('heading', { name: 'Log in to Reeve' }).waitFor();
    await tested.page.goto(tested.server.origin);
    await tested.page.getByRole('heading', { name: 'Log in to Reeve' }).waitFor();
  });

  it('asks nothing of other hosts', async () => {
    const hosts = new Set<string>();
    tested.page.on('request', (request) => hosts.add(new URL(request.url()).host));
    await tested.logIn();
    expect([...hosts]).toEqual([new URL(tested.server.origin).host]);
  });
});
