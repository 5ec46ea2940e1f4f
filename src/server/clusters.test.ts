import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { judge } from '../assurance/index.ts';
import { Fault } from '../base/fault.ts';
import { createLog } from '../base/log.ts';
import { toRecords } from '../estate/index.ts';
import { ClustersConfig } from '../sources/kubernetes/live/config/index.ts';
import { refuse, TestApiServer } from '../sources/kubernetes/live/testing/api-server.ts';
import { ClusterLink, type ClusterLinkPorts } from './cluster-link.ts';
import { LiveClusters } from './clusters.ts';
import { clusterOperations } from './http/routes/clusters.ts';
import { MemoryStore } from './testing/memory-store.ts';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const deployment = (name: string, env = '') => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  template:
    metadata: { labels: { app: ${name} } }
    spec: { serviceAccountName: ${name}, containers: [{ name: a, ports: [{ containerPort: 8080 }]${env} }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: 8080 }] }
---
`;
const SHOP = `${deployment('orders', ', env: [{ name: PAYMENTS_URL, value: "http://payments" }]')}${deployment('payments')}
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
---
`;
const policy = (mode: string) => `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: ${mode} } }
`;
const WAIT = { timeout: 60_000, interval: 50 };

/** A kubeconfig that leads to the server. */
function kubeconfigFor(server: TestApiServer): string {
  const folder = mkdtempSync(join(tmpdir(), 'clusters-'));
  undo.push(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'kubeconfig');
  const text = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [
      { name: 'test', cluster: { server: server.origin, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'test', user: { token: server.token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  });
  writeFileSync(path, text);
  return path;
}

async function setUp(
  manifest = SHOP + policy('STRICT'),
  more: Pick<ClusterLinkPorts, 'silenceMs' | 'aliveMs'> = {},
) {
  const server = await TestApiServer.start();
  undo.push(() => server.close());
  server.apply(manifest);
  const store = new MemoryStore();
  const folded = { count: 0 };
  const links: ClusterLink[] = [];
  const clusters = new LiveClusters({
    clusters: ClustersConfig.parse([{ name: 'eu-1', kubeconfig: kubeconfigFor(server) }]),
    environment: 'production',
    store,
    clock: Date.now,
    log: createLog('silent'),
    onFolded: () => folded.count++,
    quietMs: 50,
    retryMs: 20,
    makeLink: (ports) => {
      const link = new ClusterLink({ ...ports, ...more });
      links.push(link);
      return link;
    },
  });
  undo.push(() => clusters.close());
  const estate = async () => {
    const facts = (await store.facts()).map(({ fact }) => fact);
    return judge(toRecords(facts), new Date().toISOString(), new Map(), {});
  };
  const call = async () =>
    (await estate()).calls.find(({ to }) => to === 'production/shop/payments');
  return { server, store, clusters, links, folded, estate, call };
}

describe('clusters that are followed', () => {
  it('become facts of a scope of their own, and changes change the judgement', async () => {
    const { server, store, clusters, folded, estate, call } = await setUp();
    expect(clusters.list()).toMatchObject([{ name: 'eu-1', state: 'starting', changedAt: null }]);
    clusters.start();
    await vi.waitFor(async () => {
      expect(await call()).toMatchObject({
        from: 'production/shop/orders',
        authentication: 'mtls',
        evidence: 'PeerAuthentication shop/default STRICT: only authenticated callers are let in',
      });
    }, WAIT);
    expect([...store.scopes.keys()]).toEqual(['cluster:eu-1']);
    expect(clusters.list()).toMatchObject([
      { environment: 'production', state: 'current', objects: 6, unread: [], failure: null },
    ]);
    server.apply(policy('PERMISSIVE'));
    await vi.waitFor(async () => {
      expect(await call()).toMatchObject({
        authentication: 'none',
        evidence: 'PeerAuthentication shop/default PERMISSIVE: plain text is let in beside mTLS',
      });
    }, WAIT);
    expect(folded.count).toBe(2);
    const finding = (await estate()).findings.find(
      ({ control, subject }) =>
        control === 'identity/mtls-permissive' && subject === 'production/shop/payments',
    );
    expect(finding?.location).toEqual({ file: 'cluster eu-1: PeerAuthentication shop/default' });
  });

  it('keep what is known where the cluster is lost', async () => {
    const { server, clusters, call } = await setUp();
    clusters.start();
    await vi.waitFor(async () => expect((await call())?.authentication).toBe('mtls'), WAIT);
    server.meddle = (_, response) => {
      response.destroy();
      return true;
    };
    server.dropWatches();
    await vi.waitFor(() => {
      expect(clusters.list()[0]).toMatchObject({ state: 'stale', objects: 6 });
    }, WAIT);
    const staleSince = clusters.list()[0]?.staleSince ?? '';
    expect(Date.parse(staleSince)).toBeGreaterThan(Date.now() - 60_000);
    expect((await call())?.authentication).toBe('mtls');
    server.meddle = () => false;
    await vi.waitFor(() => expect(clusters.list()[0]?.state).toBe('current'), WAIT);
  });

  it('keep what is known where the process ends, which begins anew', async () => {
    const { server, clusters, links, call } = await setUp();
    clusters.start();
    await vi.waitFor(async () => expect((await call())?.authentication).toBe('mtls'), WAIT);
    const pid = links[0]?.pid;
    process.kill(pid ?? Number.NaN, 'SIGKILL');
    await vi.waitFor(() => {
      expect(clusters.list()[0]).toMatchObject({
        state: 'stale',
        objects: 6,
        failure: 'The process that reads the cluster ended (SIGKILL)',
      });
    }, WAIT);
    await expect(clusters.api('eu-1').get('/api/v1')).rejects.toThrow('not read now');
    expect((await call())?.authentication).toBe('mtls');
    server.apply(policy('PERMISSIVE'));
    await vi.waitFor(async () => expect((await call())?.authentication).toBe('none'), WAIT);
    expect(clusters.list()[0]).toMatchObject({ state: 'current', staleSince: null, failure: null });
    expect(links[0]?.pid).not.toBe(pid);
  });

  it('begin anew where the process cannot be started', async () => {
    const { clusters, call } = await setUp();
    const { execPath } = process;
    undo.push(() => {
      process.execPath = execPath;
    });
    process.execPath = join(tmpdir(), 'no-such-program');
    clusters.start();
    await vi.waitFor(() => {
      expect(clusters.list()[0]?.failure).toContain('cannot be started: spawn');
    }, WAIT);
    process.execPath = execPath;
    await vi.waitFor(async () => expect((await call())?.authentication).toBe('mtls'), WAIT);
    expect(clusters.list()[0]).toMatchObject({ state: 'current', failure: null });
  });

  it('end a process that is stuck', async () => {
    const { clusters, links, call } = await setUp(undefined, { silenceMs: 6_000, aliveMs: 500 });
    clusters.start();
    await vi.waitFor(async () => expect((await call())?.authentication).toBe('mtls'), WAIT);
    process.kill(links[0]?.pid ?? Number.NaN, 'SIGSTOP');
    await vi.waitFor(() => {
      expect(clusters.list()[0]).toMatchObject({
        state: 'stale',
        failure: 'The process that reads the cluster told nothing for long, so it was ended',
      });
    }, WAIT);
    await vi.waitFor(() => expect(clusters.list()[0]?.state).toBe('current'), WAIT);
  });

  it('let a process start, however short the silence that ends it later', async () => {
    const { clusters } = await setUp(undefined, { silenceMs: 1 });
    clusters.start();
    await vi.waitFor(() => expect(clusters.list()[0]?.objects).toBe(6), WAIT);
  });

  it('wait for a store that is away', async () => {
    const { store, clusters, call } = await setUp();
    store.fail = new Fault('estate/unavailable', 'away');
    clusters.start();
    await vi.waitFor(() => expect(clusters.list()[0]?.state).toBe('current'), WAIT);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(clusters.list()[0]?.changedAt).toBe(null);
    store.fail = undefined;
    await vi.waitFor(async () => expect((await call())?.authentication).toBe('mtls'), WAIT);
  });

  it('answer questions to their API server', async () => {
    const { server, clusters } = await setUp();
    const api = clusters.api('eu-1');
    await expect(api.get('/api/v1')).rejects.toThrow('The cluster is not read now');
    clusters.start();
    await vi.waitFor(() => expect(clusters.list()[0]?.state).toBe('current'), WAIT);
    expect(await api.get('/api/v1')).toMatchObject({ resources: expect.any(Array) });
    await expect(api.get('/nowhere')).rejects.toMatchObject({ code: 'cluster/not-found' });
    let body = '';
    server.meddle = (request, response) => {
      if (request.method !== 'POST') return false;
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => response.end('{"status":{}}'));
      return true;
    };
    const path = '/apis/authentication.k8s.io/v1/tokenreviews';
    expect(await api.post(path, { spec: { token: 'a.b.c' } })).toEqual({ status: {} });
    expect(JSON.parse(body)).toEqual({ spec: { token: 'a.b.c' } });
    server.meddle = (request) => request.url === '/slow';
    const cancel = new AbortController();
    const slow = api.get('/slow', cancel.signal);
    cancel.abort();
    await expect(slow).rejects.toThrow('The question was given up');
    expect(() => clusters.api('other')).toThrow('No cluster `other` is configured');
    expect(() => clusters.diagnostics('other')).toThrow('No cluster `other` is configured');
  });

  it('say why one cannot be read at all', async () => {
    const { server, clusters } = await setUp();
    server.meddle = (_, response) => {
      refuse(response, 401, 'Unauthorized', 'Unauthorized');
      return true;
    };
    clusters.start();
    await vi.waitFor(() => {
      expect(clusters.list()[0]).toMatchObject({
        state: 'starting',
        failure: 'GET /apis was answered with 401: `Unauthorized`',
        diagnosticCount: 1,
      });
    }, WAIT);
    expect(clusters.diagnostics('eu-1')[0]).toMatchObject({
      code: 'cluster/unauthenticated',
      file: 'cluster eu-1',
    });
    const [list, diagnostics] = clusterOperations(clusters);
    const asked = { params: { name: 'eu-1' } } as never;
    for (const one of [list, diagnostics]) {
      const body = one?.handle(asked);
      expect(one?.response?.parse(body)).toEqual(body);
      expect(body).toMatchObject({ items: [{}] });
    }
  });
});

describe('clusters in the configuration', () => {
  it.each<[string, object[], string]>([
    ['a name that no place can hold', [{ name: 'A b' }], 'must read like `production`'],
    ['one name twice', [{ name: 'a' }, { name: 'a' }], 'another cluster is called a'],
    ['two ways to one cluster', [{ name: 'a', inCluster: true, context: 'x' }], 'leave one out'],
    [
      'a namespace that is none',
      [{ name: 'a', namespaces: ['../x'] }],
      'must be a name of Kubernetes',
    ],
    ['a setting that does not exist', [{ name: 'a', token: 'x' }], 'token'],
  ])('%s is refused', (_, given, why) => {
    const { success, error } = ClustersConfig.safeParse(given);
    expect(success).toBe(false);
    expect(JSON.stringify(error?.issues)).toContain(why);
  });
});
