import { describe, it } from 'vitest';
import { underTest } from './support/console.ts';
import { startTestServer, writeFolder } from './support/server.ts';

const tested = underTest(async () => {
  const folder = writeFolder({
    'orders/reeve.yaml': JSON.stringify({
      apiVersion: 'reeve.dev/v1',
      kind: 'Service',
      metadata: { name: 'orders', namespace: 'shop' },
      spec: { credentials: [{ name: 'orders-db', kind: 'postgres' }] },
    }),
  });
  const server = await startTestServer({
    environment: 'production',
    folders: [{ path: folder.path, name: 'shop', environment: 'production' }],
  });
  await server.settle();
  folder.remove();
  return server;
});

const panel = () => tested.page.getByRole('complementary');
const dialog = () => tested.page.getByRole('dialog');
const field = (name: string) => panel().locator('dt', { hasText: name }).locator('+ dd');

describe('a credential', () => {
  it('is assigned to a team, and that is taken back', async () => {
    await tested.open('/credentials');
    await tested.page.getByRole('link', { name: 'orders-db' }).click();
    await field('Problems').getByText('unowned').waitFor();
    await panel().getByRole('button', { name: 'Assign' }).click();
    await dialog().getByLabel('Owner').fill('team-orders');
    await dialog().getByLabel('Reason').fill('they use it');
    await dialog().getByRole('button', { name: 'Assign' }).click();
    await panel().getByText('team-orders answers for orders-db.').waitFor();
    await field('Owner because').getByText('assigned by admin on').waitFor();
    await field('Problems').getByText('unowned').waitFor({ state: 'detached' });
    await panel().getByRole('button', { name: 'Assign' }).click();
    await dialog().getByRole('button', { name: 'Assign' }).click();
    await panel().getByText('What people said is taken back.').waitFor();
    await field('Problems').getByText('unowned').waitFor();
    await panel().getByRole('button', { name: 'Assign' }).click();
    await dialog().getByRole('button', { name: 'Assign' }).click();
    await dialog().getByText('Nobody has said who answers for').waitFor();
  });
});
