import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CredentialFact } from '../../estate/index.ts';
import {
  type CredentialsServer,
  startCredentialsServer,
} from '../../server/testing/credentials-server.ts';
import { type Ended, flat, runReeve } from '../testing/run.ts';

const found = (id: string, name: string): CredentialFact => ({
  ...{ entity: 'credential', id, name, credentialKind: 'postgres', keys: [`value:${id}`] },
  service: 'production/shop/orders',
  source: { reader: 'credentials', how: 'configured' },
});

let server: CredentialsServer;
beforeAll(async () => {
  server = await startCredentialsServer(Date.UTC(2026, 5, 1));
  await server.knowing(
    found('production/cred-1', 'DB_PASSWORD'),
    found('production/cred-2', 'API_KEY'),
    found('production/cred-3', 'API_KEY'),
  );
});
afterAll(() => server?.close());

const credentials = (...args: string[]): Promise<Ended> =>
  runReeve(['credentials', ...args, '--server', server.origin], server.token);

describe('reeve credentials assign', () => {
  it('names who answers, and takes that back', async () => {
    const { stdout } = await credentials('assign', 'DB_PASSWORD', '--owner', 'team-orders');
    expect(stdout).toBe(
      'DB_PASSWORD (production/cred-1): team-orders answers (assigned by admin on 2026-06-01)\n',
    );
    const { stdout: list } = await credentials('--owner', 'team-orders', '--format', 'ndjson');
    expect(JSON.parse(list)).toMatchObject({ id: 'production/cred-1', owner: 'team-orders' });
    const taken = await credentials('assign', 'cred-1', '--none', '--reason', 'they left');
    expect(taken.stdout).toBe('DB_PASSWORD (production/cred-1): nobody answers\n');
    const [entry] = (await server.store.audit({ limit: 1 })).items;
    expect(entry).toMatchObject({ action: 'credential.unassign', reason: 'they left' });
  });

  it('gives what the server answers as JSON', async () => {
    const args = ['assign', 'production/cred-2', '--owner', 'team-web', '--format', 'json'];
    expect(JSON.parse((await credentials(...args)).stdout)).toMatchObject({
      judged: true,
      credential: { id: 'production/cred-2', owner: 'team-web' },
    });
  });

  it.each([
    [
      ['API_KEY', '--owner', 'x'],
      'can mean 2 credentials: production/cred-2 (production/shop/orders)',
    ],
    [['nothing', '--owner', 'x'], 'There is no credential `nothing`'],
    [['DB_PASSWORD'], 'add --owner and a team, or --none'],
    [['DB_PASSWORD', '--owner', 'x', '--none'], "'--none' cannot be used with option '--owner"],
    [['cred-3', '--none'], 'Nobody has said who answers for `API_KEY`'],
  ])('refuses %j', async (args, message) => {
    const { status, stderr } = await credentials('assign', ...args);
    expect(status).not.toBe(0);
    expect(flat(stderr)).toContain(message);
  });
});

describe('reeve secret accept', () => {
  it('says that what the account of a secret may do is as it should be', async () => {
    const id = 'production/shop/orders/orders-db';
    const given = { service: 'production/shop/orders', name: 'orders-db', kind: 'postgres' };
    await server.post('/api/v1/secrets', { ...given, isNewService: true, reason: 'a test' });
    const accept = () =>
      runReeve(
        ['secret', 'accept', 'orders-db', '--reason', 'a report', '--server', server.origin],
        server.token,
      );
    expect(flat((await accept()).stderr)).toContain('known');
    const since = '2026-06-01T00:00:00.000Z';
    const grown = [{ grant: 'SUPERUSER', since }];
    const body = { at: since, expected: ['LOGIN'], grown, refusals: 0, refusedSince: null };
    await server.store.amend([{ kind: 'secret-inspection', id, version: 0, body }], []);
    expect(await accept()).toMatchObject({ status: 0, stdout: expect.stringContaining(id) });
    const [entry] = (await server.store.audit({ limit: 1 })).items;
    expect(entry).toMatchObject({ action: 'secret.accept', subject: id, reason: 'a report' });
  });
});
