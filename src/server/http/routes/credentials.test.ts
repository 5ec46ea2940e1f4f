import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toTimestamp } from '../../../base/clock.ts';
import type { AuditEntry, Credential, CredentialFact, Fact } from '../../../estate/index.ts';
import type { Person } from '../../auth/people.ts';
import {
  type CredentialsServer,
  startCredentialsServer,
} from '../../testing/credentials-server.ts';

const ID = 'production/cred-5';
const NOW = Date.UTC(2026, 5, 1, 12);
const LATER = 60_000;
const lying = { file: 'orders/.env', line: 1, in: 'file' } as const;
const configured = { reader: 'credentials', how: 'configured' } as const;
/** What a scan found of it; nobody is known to answer. */
const FOUND: CredentialFact = {
  ...{ entity: 'credential', id: ID, name: 'DB_PASSWORD', credentialKind: 'postgres' },
  ...{ keys: ['value:a', 'at:orders/.env:1:1'], fingerprint: 'a', location: lying },
  source: configured,
};
const owned = (owner: string): CredentialFact => ({
  ...FOUND,
  owner: { owner, rank: 'declaration' },
});

let server: CredentialsServer;
let person: Person | undefined;
let isJudging = true;
beforeAll(async () => {
  const judge = async () => isJudging && server.judge();
  const who = async () => person;
  // what is judged is waited for: else it would go on under the next test
  const ports = { waitMs: LATER, judge };
  server = await startCredentialsServer(NOW, ports, { ofToken: who, ofDigest: who });
});
afterAll(() => server?.close());
beforeEach(() => {
  isJudging = true;
  person = undefined;
});

interface Assigned {
  readonly judged: boolean;
  readonly credential: Credential | null;
}

const knowing = (...facts: readonly Fact[]) => server.knowing(...facts);

/** @param token of somebody else than the administrator */
async function assign(
  owner: string | null,
  id = ID,
  token?: string,
  at: CredentialsServer = server,
): Promise<Response> {
  return at.ask(`/api/v1/credentials/${encodeURIComponent(id)}/owner`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ owner, reason: 'they use it' }),
  });
}

async function assigned(owner: string | null, id = ID): Promise<Assigned> {
  const response = await assign(owner, id);
  expect(response.status).toBe(200);
  return (await response.json()) as Assigned;
}

const codeOf = async (response: Response) => ((await response.json()) as { code?: string }).code;
const get = (id: string) => server.get<Credential>(`/api/v1/credentials/${encodeURIComponent(id)}`);
const findingsOf = async (id: string) =>
  (
    await server.get<{ items: readonly { control: string }[] }>(
      `/api/v1/findings?subject=${encodeURIComponent(id)}`,
    )
  ).items.map(({ control }) => control);
const lastEntry = async (): Promise<AuditEntry | undefined> =>
  (await server.store.audit({ limit: 1 })).items[0];

describe('who answers for a credential', () => {
  it('is whom a person names, with who said so and when; its finding is gone', async () => {
    await knowing(FOUND);
    expect(await get(ID)).toMatchObject({ owner: null, problems: ['unowned', 'no-rotation'] });
    expect(await findingsOf(ID)).toContain('secrets/unowned');
    expect(await assigned(' team-orders ')).toMatchObject({
      judged: true,
      credential: {
        id: ID,
        owner: 'team-orders',
        ownerBecause: 'assigned by admin on 2026-06-01',
        problems: ['no-rotation'],
      },
    });
    expect(await findingsOf(ID)).not.toContain('secrets/unowned');
    expect(await lastEntry()).toMatchObject({
      ...{ actor: 'admin', action: 'credential.assign', subject: ID, reason: 'they use it' },
      detail: { owner: 'team-orders' },
    });
  });

  it('stays whom a person has named, whatever others infer, until that is taken back', async () => {
    await knowing(FOUND);
    await assigned('team-orders');
    await knowing(owned('team-platform'));
    expect(await get(ID)).toMatchObject({ owner: 'team-orders' });
    expect((await assigned(null)).credential).toMatchObject({ owner: 'team-platform' });
    expect(await lastEntry()).toMatchObject({
      ...{ action: 'credential.unassign', subject: ID, detail: { owner: 'team-orders' } },
    });
    expect(await codeOf(await assign(null))).toBe('secrets/assignment-not-found');
  });

  it('stays when the credential gets another id, and can be taken back under that', async () => {
    await knowing(FOUND);
    await assigned('team-orders');
    const elsewhere = { ...FOUND, id: 'production/cred-1', keys: ['value:a', 'kv:x/y'] };
    await knowing(FOUND, elsewhere);
    expect(await get(elsewhere.id)).toMatchObject({ owner: 'team-orders' });
    expect((await assign('team-orders')).status).toBe(404);
    // its first scope is gone, and no value is left
    await assigned('team-web', elsewhere.id);
    await knowing({ ...elsewhere, id: 'production/cred-7', keys: ['kv:x/y'] });
    expect(await get('production/cred-7')).toMatchObject({ owner: 'team-web' });
    await knowing(FOUND, elsewhere);
    expect((await assigned(null, elsewhere.id)).credential).toMatchObject({ owner: null });
    expect(await server.store.facts('credential')).toHaveLength(2);
  });

  it('of what Reeve keeps is kept with the secret', async () => {
    const given = { service: 'production/shop/orders', name: 'orders-db', kind: 'postgres' };
    await server.post('/api/v1/secrets', { ...given, isNewService: true, reason: 'a test' });
    await server.secrets.feed.tell();
    await knowing(FOUND);
    const all = await server.store.credentials({ limit: 10 });
    const id = all.items.find(({ secret }) => secret !== null)?.id ?? '';
    const secret = 'production/shop/orders/orders-db';
    expect(await assigned('team-orders', id)).toMatchObject({
      credential: { owner: 'team-orders', ownerBecause: 'a person said so', secret },
    });
    expect(await server.secrets.find(secret)).toMatchObject({ owner: 'team-orders' });
    expect(await lastEntry()).toMatchObject({ action: 'secret.update', subject: secret });
    person = someone(['team-web']);
    expect((await assign('team-web', id, 'bo')).status).toBe(403);
    await assigned(null, id);
    // what can be read by whoever answers is nobody's for the taking
    expect((await assign('team-web', id, 'bo')).status).toBe(403);
  });

  it('is told as being judged where that takes long', async () => {
    const judge = () => new Promise<never>(() => undefined);
    const slow = await startCredentialsServer(NOW, { waitMs: 50, judge });
    try {
      await slow.knowing(FOUND);
      const response = await assign('team-orders', ID, undefined, slow);
      expect(await response.json()).toEqual({ judged: false, credential: null });
      await slow.judge();
      const path = `/api/v1/credentials/${encodeURIComponent(ID)}`;
      expect(await slow.get<Credential>(path)).toMatchObject({ owner: 'team-orders' });
    } finally {
      await slow.close();
    }
  });

  it.each([
    ['nothing', { reason: '' }],
    ['no name', { owner: '  ', reason: '' }],
    ['a name too long', { owner: 'x'.repeat(201), reason: '' }],
  ])('is not %s', async (_, body) => {
    const path = `/api/v1/credentials/${encodeURIComponent(ID)}/owner`;
    expect(await codeOf(await server.post(path, body))).toBe('http/request-invalid');
  });

  it('is said of what there is', async () => {
    expect(await codeOf(await assign('team-orders', 'production/cred-none'))).toBe(
      'secrets/credential-not-found',
    );
  });
});

const someone = (teams: readonly string[] | null, roles = ['secret-operator']): Person =>
  ({
    ...{ name: 'bo', roles, teams, createdBy: 'admin' },
    ...{ createdAt: toTimestamp(0), expiresAt: toTimestamp(Date.now() + LATER) },
  }) as Person;

describe('people of a team', () => {
  it.each([
    ['take what nobody answers for', FOUND, 'team-web', undefined],
    ['give on what is theirs', owned('team-web'), 'team-web', undefined],
    ['take nothing of others', owned('team-orders'), 'team-web', 'http/team-forbidden'],
    ['give nothing to others', FOUND, 'team-orders', 'http/team-forbidden'],
    ['not even what is theirs', owned('team-web'), 'team-orders', 'http/team-forbidden'],
  ])('%s', async (_, fact, owner, code) => {
    await knowing(fact);
    person = someone(['team-web']);
    const response = await assign(owner, ID, 'bo');
    expect([response.status, await codeOf(response)]).toEqual([code ? 403 : 200, code]);
    if (!code) await assigned(null);
  });

  it('take nothing that somebody else has taken at the same moment', async () => {
    await knowing(FOUND);
    isJudging = false;
    person = someone(['team-web']);
    expect((await assign('team-web', ID, 'bo')).status).toBe(200);
    person = someone(['team-orders']);
    expect((await assign('team-orders', ID, 'bo')).status).toBe(403);
    expect((await assign(null, ID, 'bo')).status).toBe(403);
    isJudging = true;
    await assigned(null);
  });

  it('that are bound to no team name any; without the right, none', async () => {
    await knowing(owned('team-orders'));
    person = someone(null);
    expect((await assign('team-web', ID, 'bo')).status).toBe(200);
    person = someone(null, ['viewer']);
    expect(await codeOf(await assign(null, ID, 'bo'))).toBe('http/permission-forbidden');
  });
});
