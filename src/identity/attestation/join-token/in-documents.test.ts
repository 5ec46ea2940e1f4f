import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import type { DocumentStore, EstateStore } from '../../../estate/index.ts';
import { openStore, StoreConfig } from '../../../estate/store/index.ts';
import { startPostgres, type TestPostgres } from '../../../estate/store/testing/postgres.ts';
import { attestJoin, DocumentJoinTokenStore, makeJoinToken } from './index.ts';
import { joinTokenStoreContract } from './store.contract.ts';

const NOW = Date.UTC(2027, 0, 1);
const AGENT = 'spiffe://example.org/reeve/agent/node-1';
const VARIABLE = 'REEVE_TEST_JOIN_TOKEN_DATABASE_URL';
const made = (name = 'node-1', now = NOW) =>
  makeJoinToken(
    { agent: `spiffe://example.org/reeve/agent/${name}`, ttlSeconds: 600 },
    { trustDomain: 'example.org', by: 'ada', now, maxTtlSeconds: 3_600, randomBytes },
  );

const root = mkdtempSync(join(tmpdir(), 'reeve-join-tokens-'));
const opened: EstateStore[] = [];
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  for (const store of opened) await store.close();
  await postgres?.close();
  rmSync(root, { recursive: true, force: true });
});

async function opening(
  opens: Promise<EstateStore & DocumentStore>,
): Promise<EstateStore & DocumentStore> {
  const store = await opens;
  opened.push(store);
  return store;
}
const openEstate = () =>
  opening(openStore({ kind: 'sqlite', folder: mkdtempSync(join(root, 'data-')) }));
async function openPostgresEstate() {
  process.env[VARIABLE] = await postgres.createDatabase();
  return opening(
    openStore(StoreConfig.parse({ kind: 'postgres', urlVariable: VARIABLE, poolSize: 4 })),
  );
}

joinTokenStoreContract('the embedded store', async () => {
  return new DocumentJoinTokenStore(await openEstate());
});
joinTokenStoreContract('PostgreSQL', async () => {
  return new DocumentJoinTokenStore(await openPostgresEstate());
});

describe('join tokens that are kept', () => {
  it('are found by another process, and used by one of two at once', async () => {
    const estate = await openEstate();
    const one = new DocumentJoinTokenStore(estate);
    const { token, record } = made();
    await one.add(record);
    const stores = [one, new DocumentJoinTokenStore(estate), new DocumentJoinTokenStore(estate)];
    await stores[1]?.list();
    const uses = stores.map((store, at) => attestJoin({ token, from: `10.0.0.${at}` }, store, NOW));
    const results = await Promise.allSettled(uses);
    expect(results.map(({ status }) => status).sort()).toEqual([
      ...['fulfilled', 'rejected', 'rejected'],
    ]);
  });

  it('leave a trace of each change, and no value anywhere', async () => {
    const estate = await openEstate();
    const store = new DocumentJoinTokenStore(estate);
    const [used, deleted] = [made(), made('node-2')];
    await store.add(used.record);
    await store.add(deleted.record);
    await attestJoin({ token: used.token, from: '10.0.0.7' }, store, NOW + 1_000);
    await store.remove(deleted.record.id, { actor: 'ada', reason: 'lost', now: NOW + 2_000 });
    const { items } = await estate.audit({ limit: 9 });
    const of = (record: { readonly id: string }) => record.id.slice(0, 12);
    expect(
      items
        .toReversed()
        .map(({ action, actor, subject, detail }) => [action, actor, subject, detail]),
    ).toEqual([
      [
        'join-token.create',
        'ada',
        AGENT,
        { token: of(used.record), until: '2027-01-01T00:10:00.000Z' },
      ],
      [
        'join-token.create',
        'ada',
        'spiffe://example.org/reeve/agent/node-2',
        { token: of(deleted.record), until: '2027-01-01T00:10:00.000Z' },
      ],
      ['join-token.use', AGENT, AGENT, { token: of(used.record), from: '10.0.0.7' }],
      [
        'join-token.delete',
        'ada',
        'spiffe://example.org/reeve/agent/node-2',
        { token: of(deleted.record) },
      ],
    ]);
    const kept = JSON.stringify([items, await estate.documents('join-token')]);
    for (const { token } of [used, deleted]) {
      expect(kept).not.toContain(token.slice('reeve_join_'.length));
    }
  });

  it('are listed, the newest first, and refused once they are deleted', async () => {
    const store = new DocumentJoinTokenStore(await openEstate());
    const [old, young] = [made('a', NOW - 1_000), made('b')];
    await store.add(old.record);
    await store.add(young.record);
    expect(await store.list()).toEqual([young.record, old.record]);
    await store.remove(old.record.id, { actor: 'ada', reason: '', now: NOW });
    const late = attestJoin({ token: old.token, from: 'a' }, store, NOW);
    await expect(late).rejects.toMatchObject({
      code: 'identity/attestation-forbidden/join-token-unknown',
    });
    await expect(
      store.remove(old.record.id, { actor: 'ada', reason: '', now: NOW }),
    ).rejects.toMatchObject({ code: 'identity/join-token-not-found' });
  });

  it('are used though the acknowledgement was lost, and not a second time', async () => {
    const estate = await openEstate();
    const { token, record } = made();
    let isLost = false;
    const store = new DocumentJoinTokenStore({
      documents: (kind) => estate.documents(kind),
      document: (kind, id) => estate.document(kind, id),
      documentVersions: (kind, ids) => estate.documentVersions(kind, ids),
      amend: async (...change) => {
        const entries = await estate.amend(...change);
        if (isLost) throw new Fault('estate/unavailable', 'gone for a moment');
        return entries;
      },
    });
    await store.add(record);
    isLost = true;
    await expect(attestJoin({ token, from: 'a' }, store, NOW)).rejects.toMatchObject({
      code: 'estate/unavailable',
    });
    isLost = false;
    await expect(attestJoin({ token, from: 'a' }, store, NOW)).rejects.toMatchObject({
      code: 'identity/attestation-forbidden/join-token-used',
    });
    expect((await estate.audit({ limit: 9, action: 'join-token.use' })).total).toBe(1);
  });

  it('are as many as there may be, and no more', async () => {
    const estate = await openEstate();
    const { record } = made();
    await estate.amend(
      Array.from({ length: 10_000 }, (_, at) => {
        const id = String(at);
        return { kind: 'join-token', id, version: 0, body: { ...record, id } };
      }),
      [],
    );
    const store = new DocumentJoinTokenStore(estate);
    await expect(store.add(record)).rejects.toMatchObject({
      code: 'identity/join-tokens-too-many',
    });
    expect(await store.removeExpired(Date.parse(record.expiresAt) + 1)).toBe(10_000);
    await store.add(record);
  });

  it('are forgotten a day after they expired, when another is made', async () => {
    const store = new DocumentJoinTokenStore(await openEstate());
    const first = made('a');
    await store.add(first.record);
    const end = Date.parse(first.record.expiresAt);
    const [second, third] = [made('b', end + 86_400_000), made('c', end + 86_400_001)];
    await store.add(second.record);
    expect(await store.list()).toEqual([second.record, first.record]);
    await store.add(third.record);
    expect(await store.list()).toEqual([third.record, second.record]);
  });
});
