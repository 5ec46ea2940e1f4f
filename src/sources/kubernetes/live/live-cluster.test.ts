import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Fields } from '../../../base/pick.ts';
import { textAt } from '../../../base/pick.ts';
import { ClusterApi } from './api.ts';
import { LiveCluster, type LiveClusterParts } from './live-cluster.ts';
import { json, refuse, TestApiServer } from './testing/api-server.ts';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const SHOP = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec: { template: { metadata: { labels: { app: orders } }, spec: { containers: [{ name: a }] } } }
`;
const POLICY = (mode: string) => `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: ${mode} } }
`;

async function serve(manifest = SHOP): Promise<TestApiServer> {
  const server = await TestApiServer.start();
  undo.push(() => server.close());
  server.apply(manifest);
  return server;
}

function follow(server: TestApiServer, more: Partial<LiveClusterParts> = {}) {
  const api = new ClusterApi({
    server: new URL(server.origin),
    options: async () => ({ headers: { authorization: `Bearer ${server.token}` } }),
  });
  const changes = { count: 0 };
  const cluster = new LiveCluster({
    name: 'test',
    api,
    namespaces: [],
    onChange: () => changes.count++,
    discoverMs: 50,
    ...more,
  });
  undo.push(async () => {
    await cluster.close();
    api.close();
  });
  cluster.start();
  const names = () =>
    [...cluster.values()]
      .map((one) => `${textAt(one, 'kind')} ${textAt(one, 'metadata', 'name')}`)
      .sort();
  const one = (title: string): Fields | undefined =>
    [...cluster.values()].find(
      (value) => `${textAt(value, 'kind')} ${textAt(value, 'metadata', 'name')}` === title,
    );
  const becomes = (state: string) => vi.waitFor(() => expect(cluster.state.state).toBe(state));
  return { cluster, changes, names, one, becomes };
}

describe('a running cluster', () => {
  it('is read, and followed from there', async () => {
    const server = await serve();
    const { cluster, names, one, becomes, changes } = follow(server);
    await becomes('current');
    expect(names()).toEqual(['Deployment orders', 'Namespace shop']);
    expect(one('Deployment orders')).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'orders', namespace: 'shop', creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: {
        template: {
          metadata: { labels: { app: 'orders' } },
          spec: { containers: [{ name: 'a' }] },
        },
      },
    });
    const before = changes.count;
    server.apply('{apiVersion: v1, kind: Service, metadata: {name: orders, namespace: shop}}');
    await vi.waitFor(() => expect(names()).toContain('Service orders'));
    server.remove('Service', 'shop', 'orders');
    await vi.waitFor(() => expect(names()).not.toContain('Service orders'));
    expect(changes.count).toBe(before + 2);
    expect(cluster.state).toMatchObject({
      objects: 2,
      unread: [],
      failure: null,
      staleSince: null,
    });
  });

  it('tells nothing of changes that readers do not look at', async () => {
    const server = await serve();
    const { cluster, changes, becomes } = follow(server);
    await becomes('current');
    const before = changes.count;
    server.apply(SHOP);
    server.apply(
      '{apiVersion: v1, kind: Pod, metadata: {name: orders-1, namespace: shop, ownerReferences: [{controller: true}]}}',
    );
    server.apply('{apiVersion: v1, kind: Service, metadata: {name: last, namespace: shop}}');
    await vi.waitFor(() => expect(cluster.state.objects).toBe(3));
    expect(changes.count).toBe(before + 1);
  });

  it('is read in pages', async () => {
    const server = await serve();
    for (let index = 0; index < 1_234; index++) {
      server.put({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: `a${index}`, namespace: 'shop' },
      });
    }
    const { cluster, becomes } = follow(server);
    await becomes('current');
    expect(cluster.state.objects).toBe(1_236);
    const pages = server.requests.filter((one) => one.includes('/serviceaccounts?limit=500'));
    expect(pages).toHaveLength(3);
  });

  it.each([
    ['tells all kinds at once', false],
    ['tells them a group at a time', true],
  ])(
    'that %s gets those that are installed later, and loses those that are removed',
    async (_, isOld) => {
      const server = await serve();
      server.isOld = isOld;
      const { names, becomes } = follow(server);
      await becomes('current');
      server.apply(POLICY('STRICT'));
      await vi.waitFor(() => expect(names()).toContain('PeerAuthentication default'));
      server.withdraw('security.istio.io');
      await vi.waitFor(() => expect(names()).not.toContain('PeerAuthentication default'));
    },
  );

  it('keeps what it knows of a group whose server is away', async () => {
    const server = await serve(`${SHOP}---\n${POLICY('STRICT')}`);
    const { cluster, names, becomes } = follow(server);
    await becomes('current');
    server.stale.add('security.istio.io');
    await vi.waitFor(() => expect(cluster.diagnostics()).toHaveLength(1));
    expect(cluster.diagnostics()[0]?.message).toMatch(/which kinds it has of security.istio.io/);
    expect(names()).toContain('PeerAuthentication default');
    server.stale.clear();
    await vi.waitFor(() => expect(cluster.diagnostics()).toEqual([]));
  });

  it('of which only some namespaces are read', async () => {
    const server = await serve(`${SHOP}---\n${SHOP.replaceAll('shop', 'other')}`);
    const { names, becomes } = follow(server, { namespaces: ['shop'] });
    await becomes('current');
    expect(names()).toEqual(['Deployment orders', 'Namespace shop']);
    expect(server.requests.some((one) => one.includes('/api/v1/namespaces/shop/services?'))).toBe(
      true,
    );
    expect(server.requests.some((one) => one.includes('/api/v1/services?'))).toBe(false);
  });

  it('never hands over the value of a Secret, and tells its keys', async () => {
    const password = Buffer.from('generated').toString('base64');
    const server = await serve();
    server.put({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'db',
        namespace: 'shop',
        labels: { owner: 'team-db' },
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': password },
      },
      data: { password, user: password },
    });
    server.apply(
      '{apiVersion: v1, kind: Secret, metadata: {name: sh.helm.release.v1.a, namespace: shop, labels: {owner: helm}}, data: {release: eA==}}',
    );
    const { cluster, names, one, becomes } = follow(server);
    await becomes('current');
    expect(names()).toContain('Secret db');
    expect(names()).not.toContain('Secret sh.helm.release.v1.a');
    const notRead = Buffer.from('<not read>').toString('base64');
    expect(one('Secret db')).toMatchObject({
      metadata: { name: 'db', labels: { owner: 'team-db' } },
      data: { password: notRead, user: notRead },
    });
    expect(JSON.stringify([...cluster.values()])).not.toContain(password);
  });
});

describe('when the API server', () => {
  it('forgets versions, everything is listed again', async () => {
    const server = await serve();
    const { names, becomes } = follow(server);
    await becomes('current');
    server.dropWatches();
    server.remove('Deployment', 'shop', 'orders');
    server.compact();
    server.apply('{apiVersion: v1, kind: Service, metadata: {name: new, namespace: shop}}');
    await vi.waitFor(() => expect(names()).toEqual(['Namespace shop', 'Service new']));
  });

  it('ends watches, they go on where they ended', async () => {
    const server = await serve();
    const { names, becomes } = follow(server);
    await becomes('current');
    await vi.waitFor(() => expect(server.watchCount).toBeGreaterThan(10));
    server.bookmark();
    await vi.waitFor(() => expect(names()).toHaveLength(2));
    const lists = () => server.requests.filter((one) => one.includes('limit=')).length;
    const before = lists();
    server.dropWatches();
    server.apply('{apiVersion: v1, kind: Service, metadata: {name: new, namespace: shop}}');
    await vi.waitFor(() => expect(names()).toContain('Service new'));
    expect(lists()).toBe(before);
  });

  it('is lost, what was known stays, and the state says since when', async () => {
    const server = await serve();
    const { cluster, names, becomes } = follow(server);
    await becomes('current');
    let isLost = true;
    server.meddle = (_, response) => {
      if (isLost) response.destroy();
      return isLost;
    };
    server.dropWatches();
    await becomes('stale');
    expect(names()).toEqual(['Deployment orders', 'Namespace shop']);
    expect(Date.parse(cluster.state.staleSince ?? '')).toBeLessThanOrEqual(Date.now());
    expect(cluster.state.failure).toMatch(/^GET \/api.* failed/);
    isLost = false;
    await becomes('current');
    expect(cluster.state).toMatchObject({ staleSince: null, failure: null });
  });

  it('forbids a kind, the rest is read, and the rule that lacks is named', async () => {
    const server = await serve();
    server.meddle = (request, response) => {
      const isForbidden = /ingresses|secrets/.test(request.url ?? '');
      if (isForbidden) refuse(response, 403, 'Forbidden', 'ingresses is forbidden');
      return isForbidden;
    };
    const { cluster, names, becomes } = follow(server);
    await becomes('current');
    expect(names()).toEqual(['Deployment orders', 'Namespace shop']);
    expect(cluster.state).toMatchObject({ unread: ['ingresses.networking.k8s.io', 'secrets'] });
    const found = cluster
      .diagnostics()
      .map(({ severity, code, hint }) => `${severity} ${code} ${hint}`);
    expect(found.sort()).toEqual([
      'note cluster/forbidden give the account a rule { apiGroups: [""], resources: ["secrets"], verbs: ["list", "watch"] }',
      'warning cluster/forbidden give the account a rule { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: ["list", "watch"] }',
    ]);
  });

  it('comes back, those who wait for it need not wait any longer', async () => {
    const server = await serve();
    const { becomes } = follow(server);
    await becomes('current');
    let isLost = true;
    const refused = new Set<string>();
    server.meddle = (request, response) => {
      const path = request.url?.split('?')[0] ?? '';
      if (isLost && path !== '/apis') refused.add(path);
      if (isLost) refuse(response, 503, 'ServiceUnavailable', 'away', 60);
      return isLost;
    };
    const followed = server.watchCount;
    server.dropWatches();
    await becomes('stale');
    await vi.waitFor(() => expect(refused.size).toBe(followed));
    isLost = false;
    await becomes('current');
  });

  it('does not take the credentials, nothing is known, and it is said', async () => {
    const server = await serve();
    server.meddle = (_, response) => {
      refuse(response, 401, 'Unauthorized', 'Unauthorized');
      return true;
    };
    const { cluster, changes } = follow(server);
    await vi.waitFor(() =>
      expect(cluster.state.failure).toMatch(/answered with 401: `Unauthorized`/),
    );
    expect(cluster.state.state).toBe('starting');
    expect(cluster.diagnostics()[0]?.hint).toMatch(/kubeconfig/);
    expect(changes.count).toBe(0);
  });

  it('sends elsewhere, nobody goes there', async () => {
    const server = await serve();
    const elsewhere = await serve();
    server.meddle = (_, response) => {
      response.writeHead(307, { location: `${elsewhere.origin}/apis` }).end();
      return true;
    };
    const { cluster } = follow(server);
    await vi.waitFor(() =>
      expect(cluster.state.failure).toMatch(/GET \/apis was answered with 307/),
    );
    expect(elsewhere.requests).toEqual([]);
  });

  it('asks for patience, it is asked later', async () => {
    const server = await serve();
    const refusedAt: number[] = [];
    server.meddle = (request, response) => {
      if (!request.url?.includes('deployments') || refusedAt.length > 0) return false;
      refusedAt.push(performance.now());
      refuse(response, 429, 'TooManyRequests', 'slow down');
      return true;
    };
    const { becomes } = follow(server);
    await becomes('current');
    expect(performance.now() - (refusedAt[0] ?? 0)).toBeGreaterThan(900);
  });

  it('breaks for one kind only, the others are not held up for ever', async () => {
    const server = await serve();
    server.meddle = (request, response) => {
      const isBroken = request.url?.includes('/services?') ?? false;
      if (isBroken) refuse(response, 500, 'InternalError', 'conversion webhook failed');
      return isBroken;
    };
    const { cluster, becomes } = follow(server, { patienceMs: 300 });
    await becomes('current');
    expect(cluster.state.unread).toEqual(['services']);
    expect(cluster.diagnostics()).toMatchObject([
      {
        severity: 'error',
        message: expect.stringMatching(/^services cannot be read.*conversion webhook/),
      },
    ]);
  });

  it('forgets versions of one kind faster than they are listed, the others are not held up for ever', async () => {
    const server = await serve();
    server.meddle = (request, response) => {
      const isListed = request.url?.includes('/services?limit') ?? false;
      if (isListed) refuse(response, 410, 'Expired', 'The provided continue parameter is too old');
      return isListed;
    };
    const { cluster, becomes } = follow(server, { patienceMs: 300 });
    await becomes('current');
    expect(cluster.state.unread).toEqual(['services']);
    expect(cluster.diagnostics()).toMatchObject([
      { code: 'cluster/version-gone', message: expect.stringContaining('parameter is too old') },
    ]);
  });
});

type Answer = (url: string) => unknown;
const services = (items: unknown, metadata: unknown = { resourceVersion: '1' }): Answer => {
  return (url) => (url.includes('/api/v1/services?limit') ? { items, metadata } : undefined);
};
const deep = (levels: number): unknown =>
  JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
const named = (name: string, more = {}) => ({ metadata: { name, namespace: 'shop' }, ...more });

const HOSTILE: [what: string, answer: Answer, kept: string[], said: RegExp][] = [
  ['no list', services('x'), [], /has no list of items/],
  ['no version', services([], {}), [], /has no version/],
  ['a version that is no text', services([], { resourceVersion: {} }), [], /has no version/],
  ['items that are no objects', services([1, null, [], 'x']), [], /no object of its kind.*4 times/],
  [
    'objects without a name',
    services([{}, { metadata: { name: 7e9, namespace: 'a b' } }]),
    [],
    /no object/,
  ],
  ['a name with a slash', services([named('../../etc')]), [], /no object/],
  [
    'an object of the cluster in place of one of a namespace',
    services([{ metadata: { name: 'a' } }]),
    [],
    /no object/,
  ],
  [
    'an object that is nested too deep',
    services([named('deep', { spec: deep(300) }), named('a')]),
    ['Service a'],
    /deeper than 100/,
  ],
  [
    'an object that is too large',
    services([named('big', { spec: 'x'.repeat(3e6) }), named('a')]),
    ['Service a'],
    /larger than 2097152 bytes/,
  ],
  [
    'an object of another kind',
    services([{ ...named('a'), kind: 'Secret', apiVersion: 'v1' }]),
    ['Service a'],
    /^$/,
  ],
  [
    'more objects than are kept',
    services(Array.from({ length: 60 }, (_, index) => named(`s${index}`))),
    [],
    /finds no room: 50 objects/,
  ],
  [
    'pages without end',
    services([named('a')], { resourceVersion: '1', continue: 'again' }),
    [],
    /more than the 300 that are read/,
  ],
  [
    'empty pages without end',
    services([], { resourceVersion: '1', continue: 'again' }),
    [],
    /more than the 300 that are read/,
  ],
  [
    'a token that is too long',
    services([], { resourceVersion: '1', continue: 'x'.repeat(20_000) }),
    [],
    /a token that is too long/,
  ],
];

describe('a hostile API server costs what it says, and nothing else', () => {
  it.each(HOSTILE)('%s', async (_, answer, kept, said) => {
    const server = await serve();
    server.meddle = (request, response) => {
      const body = answer(request.url ?? '');
      if (body !== undefined) json(response, body);
      return body !== undefined;
    };
    const limits = { maxObjects: 50, maxListed: 300 };
    const { cluster, names, becomes } = follow(server, { patienceMs: 300, limits });
    await becomes('current');
    expect(
      names()
        .filter((name) => !/Deployment|Namespace/.test(name))
        .slice(0, 3),
    ).toEqual(
      kept.length > 0 || !names().includes('Service s0')
        ? kept
        : ['Service s0', 'Service s1', 'Service s10'],
    );
    expect(
      cluster
        .diagnostics()
        .map(({ message }) => message)
        .join('\n'),
    ).toMatch(said);
    expect(cluster.state.objects).toBeLessThanOrEqual(50);
  });

  const RAW: [what: string, body: string, said: RegExp][] = [
    ['no JSON', '<html>', /is no JSON/],
    [
      'an answer without end',
      `{"metadata":{"resourceVersion":"1"},"items":[1${',1'.repeat(3e6)}]}`,
      /gave more than 1048576 bytes/,
    ],
    ['nothing', '', /is no JSON/],
    ['a number', '7', /has no list of items/],
    [
      'a value that is nested too deep to be an object',
      '['.repeat(500_000) + ']'.repeat(500_000),
      /has no list of items/,
    ],
  ];
  it.each(RAW)('%s', async (_, body, said) => {
    const server = await serve();
    server.meddle = (request, response) => {
      const isMeant = request.url?.includes('/api/v1/services?limit') ?? false;
      if (isMeant) response.end(body);
      return isMeant;
    };
    const limits = { maxPageBytes: 1_048_576 };
    const { cluster, becomes } = follow(server, { patienceMs: 300, limits });
    await becomes('current');
    expect(cluster.diagnostics()[0]?.message).toMatch(said);
  });

  const EVENTS: [what: string, line: string][] = [
    ['an event that is no JSON', '{'],
    ['an event without an object', '{"type":"ADDED"}'],
    ['an event of no kind', '{"type":"constructor","object":{"metadata":{"resourceVersion":"1"}}}'],
    [
      'an event without version',
      '{"type":"ADDED","object":{"metadata":{"name":"a","namespace":"b"}}}',
    ],
    ['an error', '{"type":"ERROR","object":{"code":500}}'],
    ['an error of no form', '{"type":"ERROR","object":7}'],
    ['a line without end', `{"type":"${'x'.repeat(2e6)}`],
    ['a bookmark of another form', '{"type":"BOOKMARK","object":{}}'],
  ];
  it.each(EVENTS)('%s', async (_, line) => {
    const server = await serve();
    let asked = 0;
    server.meddle = (request, response) => {
      const isMeant = (request.url?.includes('/api/v1/services?watch') ?? false) && asked++ === 0;
      if (isMeant) response.end(`${line}\n`);
      return isMeant;
    };
    const { names, becomes } = follow(server, { limits: { maxEventBytes: 1_048_576 } });
    await becomes('current');
    server.apply('{apiVersion: v1, kind: Service, metadata: {name: later, namespace: shop}}');
    await vi.waitFor(() => expect(names()).toContain('Service later'));
  });
});
