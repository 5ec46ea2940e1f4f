import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Peer } from '../attestation/index.ts';
import type { AuthorityKeeper } from '../authority/index.ts';
import { KeeperRig } from '../authority/testing/keeper.ts';
import { type Entry, EntryIndex, type EntryInput, type Selector } from '../registration/index.ts';
import { entryWith } from '../registration/testing/entries.ts';
import { WorkloadApiConfig, type WorkloadCall } from '../workload-api/index.ts';
import { type WorkloadClient, workloadClient } from '../workload-api/testing/client.ts';
import { readCertificate, splitCertificates } from '../x509/index.ts';
import { AuthoritySupply, IdentityHost } from './index.ts';

const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';
const SELECTORS = ['unix:path:/opt/orders', 'unix:uid:1000'] as readonly Selector[];
const by = { actor: 'ada', reason: 'a laptop was stolen' };
const why = 'keyCompromise';

interface X509Answer {
  readonly svids: readonly { spiffe_id: string; x509_svid: Buffer; x509_svid_key: Buffer }[];
  readonly crl: readonly Buffer[];
  readonly federated_bundles: Readonly<Record<string, Buffer>>;
}

let rig: KeeperRig;
let keeper: AuthorityKeeper;
let index: EntryIndex;
let changed: () => void;
let supply: AuthoritySupply;
let host: IdentityHost;
let client: WorkloadClient;
let calls: WorkloadCall[];
let folder: string;
/** What attestation says of whoever asks. */
let seen: readonly Selector[];

const entry = (change: Partial<EntryInput> = {}): Entry =>
  entryWith(
    { spiffeId: ORDERS, selectors: [...SELECTORS], service: 'production/shop/orders', ...change },
    { now: rig.wall },
  );

beforeEach(async () => {
  rig = new KeeperRig();
  keeper = await rig.open();
  index = new EntryIndex();
  index.set(entry());
  seen = SELECTORS;
  calls = [];
  folder = mkdtempSync(join(tmpdir(), 'reeve-host-'));
  const { clock } = rig.parts;
  supply = new AuthoritySupply({
    keeper,
    clock,
    entries: {
      index,
      onChange: (listener) => {
        changed = listener;
        return () => {};
      },
    },
  });
  const peer: Peer = { pid: 1, uid: 1_000, gid: 1_000, hasEnded: () => false, release: () => {} };
  host = await IdentityHost.start({
    supply,
    peers: { peerOf: () => peer },
    attest: async () => ({ kind: 'attested', selectors: seen, notes: [], facts: {} }),
    socket: join(folder, `${randomUUID().slice(0, 8)}.sock`),
    config: WorkloadApiConfig.parse({}),
    clock,
    onCall: (call) => calls.push(call),
    onFailure: () => {},
  });
  client = workloadClient(host.address);
});

afterEach(async () => {
  client.close();
  supply.close();
  await host.close(0);
  await keeper.close();
  rmSync(folder, { recursive: true });
});

const serialOf = ({ svids: [svid] }: X509Answer) =>
  readCertificate(splitCertificates(svid!.x509_svid, 2)[0]!).serialNumber;
const fetchJwt = async () => {
  const answer = await client.call<{ svids: { svid: string }[] }>('FetchJWTSVID', {
    audience: ['payments'],
  });
  return answer.svids[0]!.svid;
};
const issued = () => rig.store.log.filter(({ action }) => action === 'identity.issue').length;

describe('the identities of a machine', () => {
  it('are issued by the authority, and kept in the audit log', async () => {
    const answer = await client.stream('FetchX509SVID').next<X509Answer>();
    expect(answer.svids.map(({ spiffe_id }) => spiffe_id)).toEqual([ORDERS]);
    expect(answer.crl).toHaveLength(1);
    expect(rig.store.log.at(-1)).toMatchObject({
      action: 'identity.issue',
      subject: ORDERS,
      detail: { serial: serialOf(answer), service: 'production/shop/orders' },
    });
    expect(await rig.store.counts()).toEqual(
      new Map([['production/shop/orders', { x509: 1, jwt: 0, refused: 0 }]]),
    );
  });

  it('are not handed out where they cannot be kept in the audit log', async () => {
    rig.store.fail = new Error('the disk is full');
    await expect(fetchJwt()).rejects.toThrow();
    await expect(client.stream('FetchX509SVID').next()).rejects.toThrow('no identities yet');
  });

  it('come anew to those who have them, when the authority is tainted', async () => {
    const stream = client.stream('FetchX509SVID');
    const before = serialOf(await stream.next());
    const token = await fetchJwt();
    const id = keeper.state.authorities.find(({ kind }) => kind === 'x509')?.id ?? '';
    await keeper.taint(id, 'urgent', by);
    await keeper.settled();
    let after = await stream.next<X509Answer>();
    while (serialOf(after) === before) after = await stream.next();
    expect(await fetchJwt()).not.toBe(token);
  });

  it('end with their entry, and the workload hears why', async () => {
    const stream = client.stream('FetchX509SVID');
    await stream.next();
    index.set(entry({ selectors: ['unix:path:/opt/orders-2', 'unix:uid:1000'] }));
    for (const one of [...index.entries()].slice(0, 1)) index.delete(one.id);
    changed();
    await expect(stream.next()).rejects.toThrow(
      'lacks unix:path:/opt/orders-2 (has unix:path:/opt/orders)',
    );
    expect(calls.at(-1)?.refusedFor).toContain('lacks unix:path:/opt/orders-2');
  });

  it('are gone at once when they are revoked for good, and back when that is lifted', async () => {
    const stream = client.stream('FetchX509SVID');
    await stream.next();
    await fetchJwt();
    await keeper.revoke([{ spiffeId: ORDERS, mayReturn: false, why }], by);
    await expect(stream.next()).rejects.toThrow('is revoked: keyCompromise, since 2025-03-03');
    await expect(fetchJwt()).rejects.toThrow('is revoked');
    const ids = keeper.state.revocation.denials.map((denial) => denial.id);
    await keeper.lift(ids, by);
    expect(await client.stream('FetchX509SVID').next()).toMatchObject({
      svids: [{ spiffe_id: ORDERS }],
    });
    await fetchJwt();
  });

  it('are replaced when what was issued until now is revoked', async () => {
    const stream = client.stream('FetchX509SVID');
    const before = serialOf(await stream.next());
    const token = await fetchJwt();
    await keeper.revoke([{ spiffeId: ORDERS, mayReturn: true, why }], by);
    // one of the second in which they were revoked would be denied, too
    rig.wall += 1_000;
    let after = await stream.next<X509Answer>();
    while (serialOf(after) === before) after = await stream.next();
    const check = (svid: string) => client.call('ValidateJWTSVID', { audience: 'payments', svid });
    await expect(check(token)).rejects.toThrow('is shut out');
    expect(await check(await fetchJwt())).toMatchObject({ spiffe_id: ORDERS });
  });

  it('of tokens are held until half of their life, and longer where none can be issued', async () => {
    const token = await fetchJwt();
    expect([await fetchJwt(), issued()]).toEqual([token, 1]);
    rig.wall += 151_000;
    rig.store.fail = new Error('the store is away');
    expect(await fetchJwt()).toBe(token);
    rig.store.fail = undefined;
    expect(await fetchJwt()).not.toBe(token);
    rig.wall += 296_000;
    rig.store.fail = new Error('the store is away');
    await expect(fetchJwt()).rejects.toThrow();
  });

  it('are of the entry that is asked for, or are not given for the reason of that one', async () => {
    const spiffeId = 'spiffe://example.org/ns/shop/sa/payments';
    index.set(entry({ spiffeId, selectors: ['unix:uid:7'] }));
    const asked = client.call('FetchJWTSVID', { audience: ['a'], spiffe_id: spiffeId });
    await expect(asked).rejects.toThrow(`The nearest, ${spiffeId}: lacks unix:uid:7`);
  });

  it('come with lists of revoked certificates that are signed anew before they end', async () => {
    const [before] = supply.trustOf(new Set(['example.org'])).crls;
    rig.wall += 11 * 3_600_000;
    expect(supply.trustOf(new Set()).crls[0]).toBe(before);
    rig.wall += 2 * 3_600_000;
    expect(supply.trustOf(new Set()).crls[0]).not.toBe(before);
  });
});
