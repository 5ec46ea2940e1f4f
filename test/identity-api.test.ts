import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../src/estate/index.ts';
import { keyFingerprint } from '../src/identity/authority/index.ts';
import type { Entry } from '../src/identity/registration/index.ts';
import { service } from '../src/identity/registration/registrar/testing/registrars.ts';
import { parseBundle, parseSpiffeId } from '../src/identity/spiffe/index.ts';
import { readCertificate, readCrl } from '../src/identity/x509/index.ts';
import { type IdentityServer, startIdentityServer } from '../src/server/testing/identity-server.ts';

const API = '/api/v1/identity';
const BATCH = {
  spiffeId: 'spiffe://example.org/batch',
  owner: 'team-batch',
  selectors: ['unix:uid:4711', 'unix:path:/opt/batch'],
};
const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}
interface Denied {
  readonly sequence: number;
  readonly isComplete: boolean;
  readonly items: readonly { readonly id: string; readonly deny: string; readonly value: string }[];
  readonly removed: readonly string[];
}

let server: IdentityServer;
beforeAll(async () => {
  server = await startIdentityServer();
  const { registrar } = server.identity;
  await registrar.applyEstate([
    ...['orders', 'web', 'carts'].map((name) => service(name)),
    service('legacy', { identities: [] }),
  ]);
});
afterAll(() => server?.close());

async function post<Answer>(path: string, body: object, status = 200): Promise<Answer> {
  const response = await server.post(`${API}${path}`, body);
  const answer = (await response.json()) as Answer;
  expect(response.status, JSON.stringify(answer)).toBe(status);
  return answer;
}
const get = <Answer>(path: string) => server.get<Answer>(`${API}${path}`);
async function remove<Answer>(path: string, status = 200): Promise<Answer> {
  const response = await server.ask(`${API}${path}`, { method: 'DELETE' });
  expect(response.status).toBe(status);
  return (await response.json()) as Answer;
}
/** The newest entry of the audit log. */
async function latest(): Promise<AuditEntry | undefined> {
  return (await server.store.audit({ limit: 1 })).items[0];
}
/** Issues an SVID as a workload of an entry gets it. */
async function issue(spiffeId: string): Promise<X509Certificate> {
  const { keeper, registrar } = server.identity;
  const [entry] = registrar.list({ limit: 1, spiffeId }).items;
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const answer = keeper.issueX509({
    id: parseSpiffeId(spiffeId),
    service: entry?.services[0] ?? '',
    publicKey: publicKey.export({ format: 'der', type: 'spki' }),
    by: { actor: 'test', reason: '' },
  });
  await keeper.record([answer]);
  if (answer.outcome === 'refused') throw answer.fault;
  return new X509Certificate(answer.svid.certificate);
}

describe('the overview', () => {
  it('says what signs, who is registered, and where workloads fetch their identities', async () => {
    expect(await get('')).toMatchObject({
      trustDomain: 'example.org',
      authorities: [
        { kind: 'x509', status: 'active', isRoot: true, taint: null },
        { kind: 'jwt', status: 'active', isRoot: null },
      ],
      bundle: { refreshHintSeconds: 300, x509Authorities: 1, jwtAuthorities: 1 },
      entries: { total: 3, automatic: 3, person: 0 },
      unregistered: 1,
      agents: 0,
      federation: { total: 0, trusted: 0 },
      workloadApi: { address: expect.stringMatching(/^unix:\/\/\//), workloads: 0 },
      issuer: null,
    });
  });

  it('is for principals only, as is all that is not made to be public', async () => {
    for (const path of ['', '/entries', '/denials', '/authorities', '/bundle', '/join-tokens']) {
      const { status } = await fetch(`${server.origin}${API}${path}`);
      expect([path, status]).toEqual([path, 401]);
    }
  });
});

describe('registrations', () => {
  it('are made, read, changed and ended, each with its entry in the audit log', async () => {
    const entry = await post<Entry>('/entries', { entry: BATCH, reason: 'the nightly run' }, 201);
    expect(entry).toMatchObject({ ...BATCH, selectors: [...BATCH.selectors].sort() });
    expect(await latest()).toMatchObject({
      actor: 'admin',
      action: 'identity.register',
      subject: BATCH.spiffeId,
      reason: 'the nightly run',
    });
    expect(await get(`/entries/${entry.id}`)).toEqual(entry);
    const changed = await post<Entry>(`/entries/${entry.id}`, { change: { hint: 'night' } });
    expect(changed).toEqual({ ...entry, hint: 'night' });
    expect(await latest()).toMatchObject({ action: 'identity.update', detail: { hint: 'night' } });
    expect(await remove(`/entries/${entry.id}?reason=no+longer`)).toEqual(changed);
    const problem = await get<Problem>(`/entries/${entry.id}`);
    expect(problem).toMatchObject({ status: 404, code: 'identity/entry-not-found' });
    const { items } = await server.store.audit({ limit: 9, action: 'identity.retire' });
    expect(items[0]).toMatchObject({ subject: BATCH.spiffeId, reason: 'no longer' });
  });

  it.each<[string, object, string, RegExp]>([
    ['without selectors', { ...BATCH, selectors: [] }, 'http/request-invalid', /entry\.selectors/],
    [
      'with all that is wrong at once',
      { ...BATCH, selectors: ['x'], owner: '', dnsNames: ['A B'], admin: true },
      'http/request-invalid',
      /owner.*selectors\.0.*dnsNames\.0.*admin/s,
    ],
    [
      'of another trust domain',
      { ...BATCH, spiffeId: 'spiffe://other.org/batch' },
      'identity/entry-invalid',
      /not of the trust domain example\.org/,
    ],
    [
      'in the place of Reeve itself',
      { ...BATCH, spiffeId: 'spiffe://example.org/reeve/agent/a' },
      'identity/entry-invalid',
      /Reeve's own/,
    ],
  ])('%s are refused', async (_, entry, code, detail) => {
    const problem = await post<Problem>('/entries', { entry }, 400);
    expect(problem).toMatchObject({ code, detail: expect.stringMatching(detail) });
  });

  it('that are there already are a conflict', async () => {
    const [entry] = (await get<{ items: Entry[] }>('/entries?search=orders')).items;
    const { spiffeId, selectors } = entry as Entry;
    const again = { spiffeId, selectors, owner: 'me' };
    const problem = await post<Problem>('/entries', { entry: again }, 409);
    expect(problem.code).toBe('identity/entry-conflict');
  });

  it('are listed by pages and filters', async () => {
    interface Page {
      items: Entry[];
      next: string | null;
      total: number;
    }
    const names: string[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const page: Page = await get(`/entries?limit=2${next && `&after=${next}`}`);
      names.push(...page.items.map(({ services }) => services[0] ?? ''));
      expect(page.total).toBe(3);
      next = page.next;
    }
    expect(names).toEqual(['carts', 'orders', 'web'].map((name) => `production/shop/${name}`));
    const filters = 'owner=team-web&origin=automatic&selector=k8s:ns:shop';
    expect((await get<Page>(`/entries?${filters}`)).items).toMatchObject([{ owner: 'team-web' }]);
    expect(await get(`/entries?after=x`)).toMatchObject({ code: 'identity/page-malformed' });
    expect(await get(`/entries?colour=red`)).toMatchObject({ code: 'http/request-invalid' });
  });
});

describe('who has none', () => {
  it('is said for services, with the reason', async () => {
    expect(await get('/unregistered')).toEqual({
      items: [
        {
          service: 'production/shop/legacy',
          because: expect.stringContaining('no service account'),
        },
      ],
      next: null,
      total: 1,
    });
    expect(await get('/unregistered?after=production/shop/legacy')).toMatchObject({ items: [] });
  });

  it('is explained for selectors, as data and in words', async () => {
    interface Explained {
      matches: { entry: Entry; hint: string }[];
      why: { near: { spiffeId: string; lacks: object[] }[] } | null;
      text: string;
    }
    const orders = ['k8s:ns:shop', 'k8s:sa:orders', 'k8s:pod-uid:7'];
    const found = await post<Explained>('/explain', { selectors: orders });
    expect(found).toMatchObject({
      matches: [{ entry: { spiffeId: ORDERS }, hint: '' }],
      why: null,
    });
    expect(found.text).toMatch(
      /^spiffe:\/\/example\.org\/ns\/shop\/sa\/orders\n {2}by entry entry-/,
    );
    const selectors = ['k8s:ns:shop', 'k8s:sa:order'];
    const none = await post<Explained>('/explain', { selectors });
    expect(none.matches).toEqual([]);
    expect(none.why?.near[0]?.lacks).toEqual([
      { selector: 'k8s:sa:carts', instead: ['k8s:sa:order'] },
    ]);
    expect(none.text).toContain('lacks k8s:sa:orders; the workload has k8s:sa:order');
  });
});

describe('revocation', () => {
  const carts = 'spiffe://example.org/ns/shop/sa/carts';

  it('refuses an identity with its certificates until it is lifted, and says so in the CRL', async () => {
    const { serialNumber } = await issue(carts);
    expect((await crlOf()).revoked.size).toBe(0);
    const answer = await post<{ sequence: number; revoked: string[]; denials: Denied['items'] }>(
      '/denials',
      { service: 'production/shop/carts', why: 'keyCompromise', reason: 'laptop stolen' },
    );
    expect(answer.revoked).toEqual([carts]);
    expect(answer.denials).toMatchObject([
      { deny: 'identity', value: carts, why: 'keyCompromise', issuedBefore: null, until: null },
      { deny: 'serial', value: serialNumber.toLowerCase() },
    ]);
    await expect(issue(carts)).rejects.toMatchObject({ code: 'identity/svid-forbidden/denied' });
    const selectors = ['k8s:ns:shop', 'k8s:sa:carts'];
    const { text } = await post<{ text: string }>('/explain', { selectors });
    expect(text).toMatch(/is revoked|denied/);
    const crl = await crlOf();
    expect([...crl.revoked.keys()]).toContain(serialNumber.toLowerCase());
    const lifted = await post<{ lifted: string[] }>('/denials/lift', { ids: [carts] });
    expect(lifted.lifted).toEqual([answer.denials[0]?.id]);
    await issue(carts);
    expect(await post('/denials/lift', { ids: [carts] }, 404)).toMatchObject({
      code: 'identity/denial-not-found',
    });
  });

  it('until reissue refuses what there is, and issues anew', async () => {
    const { revoked } = await post<{ revoked: string[] }>('/denials', {
      spiffeIds: [ORDERS],
      until: 'reissue',
    });
    expect(revoked).toEqual([ORDERS]);
    await setTimeout(1_100);
    await issue(ORDERS);
  });

  it.each<[string, object, number, string]>([
    ['nobody', {}, 400, 'http/request-invalid'],
    ['two ways at once', { spiffeIds: [ORDERS], service: 'x' }, 400, 'http/request-invalid'],
    [
      'another trust domain',
      { spiffeIds: ['spiffe://x.org/a'] },
      400,
      'identity/revocation-invalid',
    ],
    ['a trust domain', { spiffeIds: ['spiffe://example.org'] }, 400, 'identity/revocation-invalid'],
    ['what is no ID', { spiffeIds: ['orders'] }, 400, 'identity/id-malformed'],
    ['an entry that is none', { entry: 'entry-x' }, 404, 'identity/entry-not-found'],
    ['a service without entries', { service: 'x' }, 404, 'identity/entry-not-found'],
  ])('of %s is refused', async (_, body, status, code) => {
    expect(await post('/denials', body, status)).toMatchObject({ code });
  });

  it('is heard of by those who wait, with what is new alone', async () => {
    const { sequence, isComplete } = await get<Denied>('/denials');
    expect(isComplete).toBe(true);
    const waiting = get<Denied>(`/denials?after=${sequence}&wait=30`);
    await setTimeout(100);
    await post('/denials', { spiffeIds: [`${ORDERS}/x`] });
    const news = await waiting;
    expect(news).toMatchObject({
      sequence: sequence + 1,
      isComplete: false,
      items: [{ value: `${ORDERS}/x` }],
      removed: [],
    });
    await post('/denials/lift', { ids: [`${ORDERS}/x`] });
    const later = await get<Denied>(`/denials?after=${sequence + 1}&wait=30`);
    expect(later).toMatchObject({ isComplete: false, items: [], removed: [news.items[0]?.id] });
    // both changes together are none
    expect(await get(`/denials?after=${sequence}`)).toMatchObject({
      sequence: sequence + 2,
      items: [],
      isComplete: false,
    });
  });

  it('is told whole to whoever knows a list that nobody remembers, and nothing where nothing is new', async () => {
    const all = await get<Denied>('/denials');
    expect(await get(`/denials?after=${all.sequence + 7}&wait=30`)).toEqual(all);
    expect(await get(`/denials?after=${all.sequence}&wait=0.05`)).toEqual({
      ...{ sequence: all.sequence, isComplete: false, items: [], removed: [] },
    });
  });

  async function crlOf() {
    const [authority] = (await get<{ items: { id: string }[] }>('/authorities')).items;
    const response = await fetch(`${server.origin}${API}/crl/${authority?.id}`);
    expect(response.headers.get('content-type')).toBe('application/pkix-crl');
    const [issuer = Buffer.of()] = server.identity.keeper.bundle.x509Authorities;
    return readCrl(Buffer.from(await response.arrayBuffer()), readCertificate(issuer));
  }

  it('has no CRL of an authority that is none', async () => {
    const response = await fetch(`${server.origin}${API}/crl/nobody`);
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { code: 'identity/authority-not-found' },
    ]);
  });
});

describe('the bundle', () => {
  it('is given as SPIFFE and as PEM', async () => {
    const document = await (await server.ask(`${API}/bundle`)).text();
    const { bundle } = parseBundle('example.org', document);
    expect(bundle.x509Authorities).toEqual(server.identity.keeper.bundle.x509Authorities);
    expect(bundle.sequence).toBe(server.identity.keeper.bundle.sequence);
    const pem = await (await server.ask(`${API}/bundle?format=pem`)).text();
    expect(new X509Certificate(pem).raw).toEqual(bundle.x509Authorities[0]);
  });
});

describe('OpenID Connect', () => {
  it('says that there is no issuer where none is configured', async () => {
    for (const path of ['/.well-known/openid-configuration', '/keys']) {
      const response = await fetch(`${server.origin}${path}`);
      expect([response.status, await response.json()]).toMatchObject([
        404,
        { code: 'identity/issuer-not-found', hint: expect.stringContaining('jwt.issuer') },
      ]);
    }
  });

  it('finds the keys of JWT-SVIDs', async () => {
    const config = { authority: { jwt: { issuer: 'https://reeve.example.org' } } };
    const open = await startIdentityServer(config);
    try {
      const discovery = await fetch(`${open.origin}/.well-known/openid-configuration`);
      expect(await discovery.json()).toMatchObject({
        issuer: 'https://reeve.example.org',
        jwks_uri: 'https://reeve.example.org/keys',
      });
      const keys = await fetch(`${open.origin}/keys`);
      expect(keys.headers.get('content-type')).toMatch(/^application\/json/);
      const { jwtAuthorities } = open.identity.keeper.bundle;
      expect(await keys.json()).toMatchObject({ keys: [{ kid: jwtAuthorities[0]?.keyId }] });
    } finally {
      await open.close();
    }
  });
});

describe('agents', () => {
  it('join with a token that is told once', async () => {
    interface Made {
      token: string;
      record: { id: string; agent: string; expiresAt: string };
      join: object;
    }
    const { token, record, join } = await post<Made>(
      '/join-tokens',
      { agent: 'edge-1', ttlSeconds: 60 },
      201,
    );
    expect(record.agent).toBe('spiffe://example.org/reeve/agent/edge-1');
    const { bundle } = server.identity.keeper;
    expect(join).toEqual({
      server: server.identity.agents?.address,
      trustDomain: 'example.org',
      trustBundleSha256: bundle.x509Authorities.map((der) =>
        keyFingerprint(readCertificate(der).publicKey.spki),
      ),
    });
    const list = await (await server.ask(`${API}/join-tokens`)).text();
    expect(JSON.parse(list)).toEqual({ items: [{ ...record, used: null }] });
    expect(list).not.toContain(token.slice('reeve_join_'.length));
    expect(await remove(`/join-tokens/${record.id}`)).toMatchObject({ id: record.id });
    expect(await latest()).toMatchObject({ action: 'join-token.delete', actor: 'admin' });
    expect(await remove(`/join-tokens/${record.id}`, 404)).toMatchObject({
      code: 'identity/join-token-not-found',
    });
  });

  it.each([
    [{ agent: 'a b' }, 'identity/id-malformed'],
    [{ agent: ORDERS }, 'identity/join-token-invalid'],
    [{ agent: 'a', ttlSeconds: 86_401 }, 'http/request-invalid'],
  ])('are given no token for %j', async (body, code) => {
    expect(await post('/join-tokens', body, 400)).toMatchObject({ code });
  });

  it('join with it, and are listed while they are connected', async () => {
    const { token } = await post<{ token: string }>('/join-tokens', { agent: 'edge-1' }, 201);
    const agent = await server.joinAgent(token);
    const { items } = await get<{ items: object[] }>('/agents');
    expect(items).toEqual([
      {
        agent: 'spiffe://example.org/reeve/agent/edge-1',
        from: '127.0.0.1',
        since: expect.stringMatching(/Z$/),
        expiresAt: expect.stringMatching(/Z$/),
      },
    ]);
    expect(agent.spiffeId).toBe('spiffe://example.org/reeve/agent/edge-1');
    expect(await get('')).toMatchObject({ agents: 1 });
    expect((await get<{ items: object[] }>('/join-tokens')).items).toMatchObject([
      { used: { by: expect.stringContaining('127.0.0.1') } },
    ]);
  });
});

describe('federation', () => {
  const relation = {
    trustDomain: 'other.example',
    url: 'https://127.0.0.1:1/bundle',
    profile: 'https_web',
  };

  it('is set, asked for, and ended', async () => {
    expect(await post('/federation', { relation, reason: 'merger' })).toMatchObject({
      ...{ ...relation, origin: 'people', state: 'none', bundle: null },
    });
    const { items } = await server.store.audit({ limit: 9, action: 'federation.set' });
    expect(items).toMatchObject([{ actor: 'admin', subject: 'other.example', reason: 'merger' }]);
    const refreshed = await post<object>('/federation/other.example/refresh', {});
    expect(refreshed).toMatchObject({
      lastFailure: { code: 'identity/federation-unavailable', at: expect.stringMatching(/Z$/) },
    });
    const { items: listed } = await get<{ items: object[] }>('/federation');
    expect(listed).toMatchObject([{ trustDomain: 'other.example', state: 'none' }]);
    expect(await get('')).toMatchObject({ federation: { total: 1, trusted: 0 } });
    await remove('/federation/other.example');
    expect(await get('/federation')).toEqual({ items: [] });
    expect(await remove('/federation/other.example', 404)).toMatchObject({
      code: 'identity/federation-not-found',
    });
  });

  it.each([
    [{ ...relation, url: 'http://127.0.0.1/' }, 'http/request-invalid'],
    [{ ...relation, trustDomain: 'example.org' }, 'identity/federation-invalid'],
    [{ ...relation, profile: 'https_spiffe' }, 'http/request-invalid'],
  ])('is refused with %j', async (wrong, code) => {
    expect(await post('/federation', { relation: wrong }, 400)).toMatchObject({ code });
  });

  it('is refused with a bundle that is of another trust domain', async () => {
    const bundle = await (await server.ask(`${API}/bundle`)).text();
    const wrong = { ...relation, bundle };
    expect(await post('/federation', { relation: wrong }, 400)).toMatchObject({
      code: 'identity/bundle-invalid/other-trust-domain',
      detail: expect.stringContaining('example.org'),
    });
  });
});

describe('what was issued', () => {
  it('is counted by service', async () => {
    const counted = [
      { service: 'production/shop/carts', x509: 2, jwt: 0, refused: 1 },
      { service: 'production/shop/orders', x509: 1, jwt: 0, refused: 0 },
      // the server's own, and the agent's
      { service: null, x509: 2, jwt: 0, refused: 0 },
    ];
    expect(await get('/issues')).toEqual({ items: counted, next: null, total: 3 });
    const first = await get<{ items: object[]; next: string }>('/issues?limit=2');
    expect(first.items).toEqual(counted.slice(0, 2));
    const after = encodeURIComponent(first.next);
    expect(await get(`/issues?limit=2&after=${after}`)).toEqual({
      ...{ items: counted.slice(2), next: null, total: 3 },
    });
    expect(await get('/issues?search=orders')).toMatchObject({ total: 1 });
  });
});

describe('authorities', () => {
  it('are replaced and given up, and what is none is not found', async () => {
    const { keeper } = server.identity;
    const x509 = keeper.state.authorities.find(({ kind }) => kind === 'x509');
    interface Listed {
      items: {
        id: string;
        kind: string;
        status: string;
        isLeaving: boolean;
        taint: string | null;
      }[];
    }
    const rotated = await post<Listed>('/authorities/jwt/rotate', { reason: 'drill' }, 202);
    expect(rotated.items.find(({ kind }) => kind === 'jwt')).toMatchObject({ isLeaving: true });
    await keeper.settled();
    expect(
      (await get<Listed>('/authorities')).items.filter(({ kind }) => kind === 'jwt'),
    ).toHaveLength(2);
    const id = x509?.id ?? '';
    const tainted = await post<Listed>(`/authorities/${id}/taint`, { pace: 'urgent' }, 202);
    expect(tainted.items.find((one) => one.id === id)).toMatchObject({ taint: 'urgent' });
    for (const [path, status] of [
      ['/authorities/none/taint', 404],
      ['/authorities/none/rotate', 400],
    ] as const) {
      await post(path, {}, status);
    }
    const { items } = await server.store.audit({ limit: 9, action: 'authority.rotate' });
    expect(items[0]).toMatchObject({ actor: 'admin', reason: 'drill' });
  });
});

it('the operations are in the OpenAPI document', async () => {
  const document = await server.ask('/openapi.json');
  const { paths } = (await document.json()) as { paths: Record<string, object> };
  expect(
    Object.keys(paths)
      .filter((path) => path.startsWith(API))
      .sort(),
  ).toEqual([
    API,
    ...[
      ...['agents', 'authorities', 'authorities/{authority}/rotate'],
      ...['authorities/{authority}/taint', 'bundle', 'crl/{authority}', 'denials'],
      ...['denials/lift', 'entries', 'entries/{id}', 'explain', 'federation'],
      ...['federation/{trustDomain}', 'federation/{trustDomain}/refresh', 'issues'],
      ...['join-tokens', 'join-tokens/{id}', 'unregistered'],
    ].map((path) => `${API}/${path}`),
  ]);
});
