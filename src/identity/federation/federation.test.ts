import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import type { DocumentStore, EstateStore } from '../../estate/index.ts';
import { openStore } from '../../estate/store/index.ts';
import { type TrustBundle, writeBundle } from '../spiffe/index.ts';
import { BundleEndpointConfig, FederationConfig } from './config.ts';
import { type BundleEndpoint, serveBundleEndpoint } from './endpoint/index.ts';
import { Federation } from './federation.ts';
import type { FederationParts } from './parts.ts';
import { TestDomain } from './testing/domain.ts';
import { answering, playEndpoint } from './testing/endpoints.ts';

const root = mkdtempSync(join(tmpdir(), 'reeve-federation-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const BY = { actor: 'alice', reason: 'a new partner' };
const OTHER = 'other.example';

let own: TestDomain;
let store: EstateStore & DocumentStore;
let parts: FederationParts;
let planned: { readonly milliseconds: number; readonly callBack: () => void }[];
let warnings: unknown[];
let skew: number;
const open: (() => Promise<void>)[] = [];

beforeEach(async () => {
  store = await openStore({ kind: 'sqlite', folder: mkdtempSync(join(root, 'data-')) });
  [planned, warnings, skew] = [[], [], 0];
  own = new TestDomain('example.org');
  parts = {
    trustDomain: 'example.org',
    config: FederationConfig.parse({}),
    store,
    clock: () => Date.now() + skew,
    random: () => 0,
    after: (milliseconds, callBack) => {
      const plan = { milliseconds, callBack };
      planned.push(plan);
      return () => {
        planned = planned.filter((one) => one !== plan);
      };
    },
    ownBundle: () => own.bundle,
    warn: (_, fault) => warnings.push(fault),
  };
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  await store.close();
});

async function openWith(config: object = {}, changed: Partial<FederationParts> = {}) {
  const federation = await Federation.open({
    ...parts,
    config: FederationConfig.parse(config),
    ...changed,
  });
  open.push(() => federation.close());
  return federation;
}

/** A foreign server as ours, with its bundle in a file. */
async function foreign(trustDomain = OTHER, path = '/') {
  const domain = new TestDomain(trustDomain);
  const endpoint: BundleEndpoint = await serveBundleEndpoint(
    { bundle: () => domain.bundle, svid: domain, warn: () => {} },
    BundleEndpointConfig.parse({ port: 0, path }),
  );
  open.push(() => endpoint.close(0));
  const bundleFile = join(root, `${trustDomain}-${endpoint.port}.json`);
  writeFileSync(bundleFile, writeBundle(domain.bundle));
  const relation = {
    ...{ trustDomain, url: `https://127.0.0.1:${endpoint.port}${path}`, profile: 'https_spiffe' },
    endpointSpiffeId: domain.endpointId,
  };
  return { domain, endpoint, relation, bundleFile };
}

const audit = async (action = 'federation.bundle') => {
  const { items } = await store.audit({ limit: 100, action });
  return items.toReversed();
};
const sequencesOf = (bundles: readonly TrustBundle[]) => bundles.map(({ sequence }) => sequence);

describe('federation with a trust domain of the configuration', () => {
  it('has the bundle of its file at once, and then that of its endpoint', async () => {
    const { domain, relation, bundleFile } = await foreign();
    domain.publish();
    const federation = await openWith({ trustDomains: [{ ...relation, bundleFile }] });
    expect(sequencesOf(federation.bundles())).toEqual([1n]);
    expect(federation.statuses()).toMatchObject([
      { state: 'unconfirmed', origin: 'configuration', lastSuccessAt: null, failures: 0 },
    ]);
    const told: string[] = [];
    federation.onChange((trustDomain) => told.push(trustDomain));
    expect(await federation.refresh(OTHER)).toMatchObject({
      ...{ trustDomain: OTHER, state: 'fresh', failures: 0, lastFailure: null },
      bundle: { origin: 'endpoint', sequence: '2', x509Authorities: 2, jwtAuthorities: 0 },
      endpointSpiffeId: domain.endpointId,
    });
    expect(sequencesOf(federation.bundles())).toEqual([2n]);
    expect(told).toEqual([OTHER]);
    const [first, second] = await audit();
    expect(first).toMatchObject({ actor: 'reeve', subject: OTHER, detail: { origin: 'given' } });
    expect(second?.detail).toEqual({
      ...{ origin: 'endpoint', sequence: '2', removed: [] },
      added: [expect.stringMatching(/^[0-9a-f]{64}$/)],
    });
  });

  it('goes on through rotations of the root that signs for the endpoint', async () => {
    const { domain, relation, bundleFile } = await foreign();
    const federation = await openWith({ trustDomains: [{ ...relation, bundleFile }] });
    for (let turn = 0; turn < 3; turn++) {
      domain.publish();
      expect(await federation.refresh(OTHER)).toMatchObject({ state: 'fresh' });
      domain.activate();
      domain.retire();
      expect(await federation.refresh(OTHER)).toMatchObject({
        state: 'fresh',
        bundle: { x509Authorities: 1 },
      });
    }
    expect(sequencesOf(federation.bundles())).toEqual([7n]);
  });

  it('that missed a rotation says so, keeps its bundle, and heals by a new file', async () => {
    const { domain, relation, bundleFile } = await foreign();
    const federation = await openWith({ trustDomains: [{ ...relation, bundleFile }] });
    await federation.refresh(OTHER);
    domain.publish();
    domain.activate();
    domain.retire();
    expect(await federation.refresh(OTHER)).toMatchObject({
      ...{ state: 'stale', failures: 1, bundle: { sequence: '1' } },
      lastFailure: { code: 'identity/certificate-invalid/no-authority' },
    });
    writeFileSync(bundleFile, writeBundle(domain.bundle));
    expect(await federation.refresh(OTHER)).toMatchObject({
      ...{ state: 'fresh', failures: 0, bundle: { sequence: '3', origin: 'given' } },
    });
  });

  it('plans its fetches by the hint of the bundle, and by failures', async () => {
    const { domain, endpoint, relation, bundleFile } = await foreign();
    domain.refreshHintSeconds = 120;
    domain.publish();
    const federation = await openWith({ trustDomains: [{ ...relation, bundleFile }] });
    expect(planned.map(({ milliseconds }) => milliseconds)).toEqual([0]);
    await federation.refresh(OTHER);
    expect(planned.map(({ milliseconds }) => milliseconds)).toEqual([120_000]);
    const before = federation.statuses()[0]?.lastSuccessAt;
    await endpoint.close(0);
    for (const wait of [120_000, 240_000, 300_000]) {
      await federation.refresh(OTHER);
      expect(planned.map(({ milliseconds }) => milliseconds)).toEqual([wait]);
    }
    const [status] = federation.statuses();
    expect(status).toMatchObject({
      ...{ state: 'stale', failures: 3, lastSuccessAt: before, bundle: { sequence: '2' } },
      lastFailure: {
        code: 'identity/federation-unavailable',
        why: expect.stringContaining('ECONNREFUSED'),
        hint: expect.stringContaining('tried again by itself'),
      },
    });
    expect(status?.nextTryAt).toBeGreaterThan(Date.now() + 290_000);
    // the same failure is not told again and again
    expect(warnings).toHaveLength(1);
  });

  it('fetches by itself when it is due, and once at a time', async () => {
    const { relation, bundleFile } = await foreign();
    const federation = await openWith({ trustDomains: [{ ...relation, bundleFile }] });
    planned[0]?.callBack();
    expect(federation.statuses()[0]?.nextTryAt).toBeNull();
    await Promise.all([federation.refresh(OTHER), federation.refresh(OTHER)]);
    expect(federation.statuses()[0]?.state).toBe('fresh');
    expect(planned).toHaveLength(1);
  });

  it('asks only for what is new, and tells nobody when nothing is', async () => {
    const { domain, relation, bundleFile } = await foreign();
    await using played = await playEndpoint(
      domain.svid(),
      answering(writeBundle(domain.bundle), 'HTTP/1.1 200 OK\r\netag: "a"'),
    );
    const at = { ...relation, url: played.url, bundleFile };
    const federation = await openWith({ trustDomains: [at] });
    const told: string[] = [];
    federation.onChange((trustDomain) => told.push(trustDomain));
    await federation.refresh(OTHER);
    played.answer = answering('', 'HTTP/1.1 304 Not Modified');
    expect(await federation.refresh(OTHER)).toMatchObject({ state: 'fresh', failures: 0 });
    expect(played.requests.map((text) => text.includes('if-none-match'))).toEqual([false, true]);
    expect(told).toEqual([]);
    expect(await audit()).toHaveLength(1);
  });

  it.each<[string, string | Buffer, string]>([
    ['is no JSON', '<html>Welcome</html>', 'identity/bundle-malformed'],
    ['has no keys', '{}', 'identity/bundle-malformed'],
    ['is no UTF-8', Buffer.of(0x7b, 0xff, 0x7d), 'identity/bundle-malformed'],
    ['has too many keys', '{"keys":[{},{},{}]}', 'identity/bundle-too-large'],
    ['is too large', ' '.repeat(2_000), 'identity/bundle-invalid/too-large'],
    [
      'is of another trust domain',
      writeBundle(new TestDomain('evil.example').bundle),
      'identity/bundle-invalid/other-trust-domain',
    ],
    [
      'has gone back',
      writeBundle({ ...new TestDomain(OTHER).bundle, sequence: 0n }),
      'identity/bundle-invalid/older',
    ],
  ])('keeps its bundle when a document %s', async (_, document, code) => {
    const { domain, relation, bundleFile } = await foreign();
    await using played = await playEndpoint(domain.svid(), answering(document));
    const federation = await openWith({
      ...{ maxBundleBytes: 1_500, maxBundleKeys: 2 },
      trustDomains: [{ ...relation, url: played.url, bundleFile }],
    });
    expect(await federation.refresh(OTHER)).toMatchObject({
      ...{ state: 'stale', lastFailure: { code }, bundle: { sequence: '1', x509Authorities: 1 } },
    });
    expect(sequencesOf(federation.bundles())).toEqual([1n]);
    expect(warnings).toContainEqual(expect.objectContaining({ code }));
  });

  it('takes a bundle that has gone back where that is allowed', async () => {
    const { domain, relation, bundleFile } = await foreign();
    domain.publish();
    writeFileSync(bundleFile, writeBundle({ ...domain.bundle, sequence: 9n }));
    const strict = { ...relation, bundleFile };
    const federation = await openWith({ trustDomains: [strict] });
    expect(await federation.refresh(OTHER)).toMatchObject({ state: 'stale' });
    await federation.close();
    const lenient = await openWith({ trustDomains: [{ ...strict, allowOlder: true }] });
    expect(await lenient.refresh(OTHER)).toMatchObject({
      ...{ state: 'fresh', bundle: { sequence: '2' } },
    });
  });

  it('trusts nothing any more when the other side has no key left', async () => {
    const { domain, relation, bundleFile } = await foreign();
    await using played = await playEndpoint(domain.svid(), answering('{"keys":[]}'));
    const at = { ...relation, url: played.url, bundleFile };
    const federation = await openWith({ trustDomains: [at] });
    expect(await federation.refresh(OTHER)).toMatchObject({
      bundle: { x509Authorities: 0, jwtAuthorities: 0, sequence: null },
    });
    expect(federation.bundles()).toMatchObject([{ trustDomain: OTHER, x509Authorities: [] }]);
    // and so its endpoint cannot prove itself again, until somebody gives a bundle
    expect(await federation.refresh(OTHER)).toMatchObject({
      lastFailure: { code: 'identity/certificate-invalid/empty-bundle' },
    });
  });

  it('is told by a clock that is a minute wrong either way', async () => {
    const { relation, bundleFile } = await foreign();
    const federation = await openWith({ trustDomains: [{ ...relation, bundleFile }] });
    for (const [seconds, state] of [
      [-60, 'fresh'],
      [60, 'fresh'],
      [2 * 86_400, 'stale'],
      [0, 'fresh'],
    ] as const) {
      skew = seconds * 1_000;
      expect(await federation.refresh(OTHER)).toMatchObject({ state });
    }
  });

  it('says what is wrong with its file, and asks its endpoint nothing', async () => {
    const { relation, bundleFile } = await foreign();
    writeFileSync(bundleFile, 'no bundle');
    const federation = await openWith({ trustDomains: [{ ...relation, bundleFile }] });
    expect(federation.bundles()).toEqual([]);
    expect(federation.statuses()).toMatchObject([
      { state: 'none', bundle: null, lastFailure: { code: 'identity/bundle-malformed' } },
    ]);
    expect(await federation.refresh(OTHER)).toMatchObject({
      state: 'none',
      lastFailure: {
        code: 'identity/federation-unavailable',
        why: expect.stringContaining('There is no bundle of `other.example`'),
      },
    });
  });

  it('believes an endpoint of a third trust domain by the bundle of that', async () => {
    const third = await foreign('third.example');
    const domain = new TestDomain(OTHER);
    await using played = await playEndpoint(
      third.domain.svid(),
      answering(writeBundle(domain.bundle)),
    );
    const federation = await openWith({
      trustDomains: [
        { ...third.relation, trustDomain: OTHER, url: played.url },
        { ...third.relation, profile: 'https_spiffe', bundleFile: third.bundleFile },
      ],
    });
    expect(await federation.refresh(OTHER)).toMatchObject({ state: 'fresh' });
    expect(federation.bundles()).toHaveLength(2);
    // what third.example says of its own bundle does not change whose this one is
    expect(federation.bundles()).toContainEqual(
      expect.objectContaining({
        trustDomain: OTHER,
        x509Authorities: domain.bundle.x509Authorities,
      }),
    );
  });

  it('believes an endpoint of our own trust domain by our own bundle', async () => {
    const domain = new TestDomain(OTHER);
    await using played = await playEndpoint(own.svid(), answering(writeBundle(domain.bundle)));
    const at = { trustDomain: OTHER, url: played.url, profile: 'https_spiffe' };
    const federation = await openWith({
      trustDomains: [{ ...at, endpointSpiffeId: own.endpointId }],
    });
    expect(await federation.refresh(OTHER)).toMatchObject({ state: 'fresh' });
  });

  it('tries again at once when the bundle that was missing has come', async () => {
    const third = await foreign('third.example');
    const domain = new TestDomain(OTHER);
    await using played = await playEndpoint(
      third.domain.svid(),
      answering(writeBundle(domain.bundle)),
    );
    const federation = await openWith({
      trustDomains: [{ ...third.relation, trustDomain: OTHER, url: played.url }],
    });
    expect(await federation.refresh(OTHER)).toMatchObject({ state: 'none', failures: 1 });
    expect(planned.map(({ milliseconds }) => milliseconds)).toEqual([10_000]);
    const bundle = writeBundle(third.domain.bundle);
    await federation.set({ ...third.relation, bundle }, BY);
    expect(planned.map(({ milliseconds }) => milliseconds).sort()).toEqual([0, 0]);
  });

  it('of our own trust domain is refused', async () => {
    const own = { trustDomain: 'example.org', url: 'https://a.example/', profile: 'https_web' };
    await expect(openWith({ trustDomains: [own] })).rejects.toMatchObject({
      code: 'identity/federation-invalid',
    });
  });
});

describe('federation that is opened again', () => {
  it('has the bundles of before at once, though nobody answers', async () => {
    const { domain, endpoint, relation, bundleFile } = await foreign();
    const config = { trustDomains: [{ ...relation, bundleFile }] };
    const before = await openWith(config);
    domain.publish();
    await before.refresh(OTHER);
    await before.close();
    await endpoint.close(0);
    const federation = await openWith(config);
    expect(sequencesOf(federation.bundles())).toEqual([2n]);
    expect(federation.statuses()[0]).toMatchObject({
      state: 'fresh',
      lastSuccessAt: expect.any(Number),
    });
    // its file has been taken once
    expect(await audit()).toHaveLength(2);
  });

  it('forgets what the configuration no longer names', async () => {
    const { relation, bundleFile } = await foreign();
    await (await openWith({ trustDomains: [{ ...relation, bundleFile }] })).close();
    const federation = await openWith();
    expect([federation.bundles(), federation.statuses()]).toEqual([[], []]);
    expect(await audit('federation.remove')).toMatchObject([
      { actor: 'reeve', subject: OTHER, reason: 'the configuration no longer names it' },
    ]);
    expect(await store.documents('federation-bundle')).toEqual([]);
  });

  it('passes over what was kept and cannot be read', async () => {
    const { relation, bundleFile } = await foreign();
    const body = { document: '{', origin: 'given', changedAt: 0, confirmedAt: null, given: null };
    const kind = 'federation-bundle';
    await store.amend(
      [
        { kind, id: OTHER, version: 0, body },
        { kind: 'federation-relation', id: 'third.example', version: 0, body: { wish: {} } },
      ],
      [],
    );
    const federation = await openWith({ trustDomains: [{ ...relation, bundleFile }] });
    expect(warnings).toMatchObject([
      { code: 'identity/federation-damaged' },
      { code: 'identity/federation-damaged' },
    ]);
    expect(sequencesOf(federation.bundles())).toEqual([1n]);
    expect(await store.documents(kind)).toMatchObject([{ version: 2 }]);
  });

  it('keeps nothing, and believes nothing new, while the store is away', async () => {
    const { domain, relation, bundleFile } = await foreign();
    let isAway = false;
    const flaky: DocumentStore = {
      documents: (kind) => store.documents(kind),
      document: (kind, id) => store.document(kind, id),
      documentVersions: (kind, ids) => store.documentVersions(kind, ids),
      amend: (changes, entries) => {
        if (isAway) throw new Fault('estate/unavailable', 'away');
        return store.amend(changes, entries);
      },
    };
    const config = { trustDomains: [{ ...relation, bundleFile }] };
    const federation = await openWith(config, { store: flaky });
    isAway = true;
    domain.publish();
    expect(await federation.refresh(OTHER)).toMatchObject({
      ...{ state: 'stale', lastFailure: { code: 'estate/unavailable' } },
    });
    expect(sequencesOf(federation.bundles())).toEqual([1n]);
    isAway = false;
    expect(await federation.refresh(OTHER)).toMatchObject({ state: 'fresh' });
    expect(sequencesOf(federation.bundles())).toEqual([2n]);
  });

  it('goes on where another process has kept something', async () => {
    const { domain, relation, bundleFile } = await foreign();
    const config = { trustDomains: [{ ...relation, bundleFile }] };
    const [one, two] = [await openWith(config), await openWith(config)];
    for (let turn = 0; turn < 3; turn++) {
      domain.publish();
      expect(await one.refresh(OTHER)).toMatchObject({ state: 'fresh' });
      expect(await two.refresh(OTHER)).toMatchObject({ state: 'fresh' });
    }
    expect(sequencesOf(two.bundles())).toEqual(sequencesOf(one.bundles()));
  });
});

describe('federation that people set', () => {
  it('is kept, with who set it, and ends when they say so', async () => {
    const { domain, relation } = await foreign();
    const bundle = writeBundle(domain.bundle);
    const federation = await openWith();
    const told: string[] = [];
    federation.onChange((trustDomain) => told.push(trustDomain));
    expect(await federation.set({ ...relation, bundle }, BY)).toMatchObject({
      ...{ trustDomain: OTHER, origin: 'people', state: 'unconfirmed' },
    });
    domain.publish();
    expect(await federation.refresh(OTHER)).toMatchObject({ state: 'fresh' });
    await federation.close();

    const again = await openWith();
    expect(sequencesOf(again.bundles())).toEqual([2n]);
    await again.remove(OTHER, { actor: 'bob', reason: 'the contract ended' });
    expect([again.bundles(), again.statuses()]).toEqual([[], []]);
    expect(told).toEqual([OTHER, OTHER]);
    expect(await store.documents('federation-relation')).toEqual([]);
    expect(await store.documents('federation-bundle')).toEqual([]);
    const { url } = relation;
    expect(await audit('federation.set')).toMatchObject([
      {
        ...{ actor: 'alice', reason: 'a new partner', subject: OTHER },
        detail: { url, profile: 'https_spiffe', endpoint: domain.endpointId },
      },
    ]);
    expect(await audit('federation.remove')).toMatchObject([{ actor: 'bob', detail: { url } }]);
    await expect(again.refresh(OTHER)).rejects.toMatchObject({
      code: 'identity/federation-not-found',
    });
  });

  it('may be set anew, and what is held stays until there is something else', async () => {
    const { domain, relation } = await foreign();
    const bundle = writeBundle(domain.bundle);
    const federation = await openWith();
    await federation.set({ ...relation, bundle }, BY);
    domain.publish();
    await federation.refresh(OTHER);
    const moved = { ...relation, url: 'https://127.0.0.1:1/', bundle };
    expect(await federation.set(moved, BY)).toMatchObject({
      ...{ url: moved.url, bundle: { sequence: '2', origin: 'endpoint' } },
    });
    expect(federation.statuses()).toHaveLength(1);
    expect(planned).toHaveLength(1);
  });

  it('on the web needs no bundle to begin with', async () => {
    const domain = new TestDomain(OTHER);
    const svid = domain.svid({ dnsNames: ['localhost'] });
    await using played = await playEndpoint(svid, answering(writeBundle(domain.bundle)));
    const url = played.url.replace('127.0.0.1', 'localhost');
    const federation = await openWith();
    await federation.set({ trustDomain: OTHER, url, profile: 'https_web', ca: domain.pem }, BY);
    expect(await federation.refresh(OTHER)).toMatchObject({
      ...{ state: 'fresh', endpointSpiffeId: null },
    });
  });

  it('does not change what the configuration says', async () => {
    const { relation, bundleFile } = await foreign();
    const federation = await openWith({ trustDomains: [{ ...relation, bundleFile }] });
    const wish = { trustDomain: OTHER, url: 'https://evil.example/', profile: 'https_web' };
    const conflict = expect.objectContaining({ code: 'identity/federation-conflict' });
    await expect(federation.set(wish, BY)).rejects.toThrow(conflict);
    await expect(federation.remove(OTHER, BY)).rejects.toThrow(conflict);
    expect(federation.statuses()).toMatchObject([{ url: relation.url, state: 'unconfirmed' }]);
  });

  it('gives way to what the configuration says later', async () => {
    const { relation, bundleFile } = await foreign();
    const wish = { trustDomain: OTHER, url: 'https://127.0.0.1:1/', profile: 'https_web' };
    const before = await openWith();
    await before.set(wish, BY);
    await before.close();
    const federation = await openWith({ trustDomains: [{ ...relation, bundleFile }] });
    expect(federation.statuses()).toMatchObject([{ origin: 'configuration', url: relation.url }]);
  });

  const web = { trustDomain: OTHER, url: 'https://127.0.0.1:1/', profile: 'https_web' };
  it.each<[string, object, string]>([
    ['our own trust domain', { ...web, trustDomain: 'example.org' }, 'identity/federation-invalid'],
    ['a bundle that is none', { ...web, bundle: '{' }, 'identity/bundle-malformed'],
    [
      'the bundle of another',
      { ...web, bundle: writeBundle(new TestDomain('evil.example').bundle) },
      'identity/bundle-invalid/other-trust-domain',
    ],
    ['authorities that are none', { ...web, ca: 'secret' }, 'identity/federation-invalid'],
    [
      'an address that is none',
      { ...web, url: 'file:///etc/passwd' },
      'identity/federation-invalid',
    ],
  ])('is not kept with %s', async (_, wish, code) => {
    const federation = await openWith();
    await expect(federation.set(wish, BY)).rejects.toMatchObject({ code });
    expect([federation.statuses(), await store.documents('federation-relation')]).toEqual([[], []]);
    expect(await audit('federation.set')).toEqual([]);
  });

  it('stays within the number that is allowed', async () => {
    const federation = await openWith({ maxTrustDomains: 1 });
    await federation.set(web, BY);
    const more = { ...web, trustDomain: 'third.example' };
    await expect(federation.set(more, BY)).rejects.toMatchObject({
      code: 'identity/federation-too-many',
    });
    await federation.set({ ...web, allowOlder: true }, BY);
  });

  it('that is removed while its bundle is being fetched leaves nothing behind', async () => {
    const { domain, relation } = await foreign();
    const bundle = writeBundle(domain.bundle);
    const federation = await openWith();
    await federation.set({ ...relation, bundle }, BY);
    domain.publish();
    const fetching = federation.refresh(OTHER);
    await Promise.all([fetching, federation.remove(OTHER, BY)]);
    expect(federation.bundles()).toEqual([]);
    expect(await store.documents('federation-bundle')).toEqual([]);
    expect(planned).toEqual([]);
  });
});
