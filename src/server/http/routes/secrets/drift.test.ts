import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type SecretsScene,
  type SecretsServer,
  secretsScene,
} from '../../../testing/secrets-server.ts';

const ID = 'production/shop/orders/orders-db';
const at = `/api/v1/secrets/${encodeURIComponent(ID)}`;

describe('what the account of a secret may do', () => {
  let scene: SecretsScene;
  let server: SecretsServer;
  beforeAll(async () => {
    scene = await secretsScene();
    server = await scene.start();
    const given = { service: 'production/shop/orders', name: 'orders-db', kind: 'postgres' };
    await server.post('/api/v1/secrets', { ...given, isNewService: true, reason: 'a test' });
  });
  afterAll(() => scene.close());

  it('is not accepted where nothing is known of it', async () => {
    const answer = await server.post(`${at}/accept`, { reason: 'the report needs it' });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'secrets/grants-not-found' });
  });

  it('is accepted once it was seen, which the audit log tells', async () => {
    const inspection = {
      at: '2026-06-01T00:00:00.000Z',
      expected: ['LOGIN'],
      grown: [{ grant: 'SUPERUSER', since: '2026-06-01T00:00:00.000Z' }],
      refusals: 0,
      refusedSince: null,
    };
    const change = { kind: 'secret-inspection', id: ID, version: 0, body: inspection };
    await scene.store.amend([change], []);
    const answer = await server.post(`${at}/accept`, { reason: 'the report needs it' });
    expect(answer.status).toBe(200);
    const kept = await scene.store.document('secret-inspection', ID);
    expect(kept?.body).toMatchObject({ expected: ['LOGIN', 'SUPERUSER'], grown: [] });
  });
});
