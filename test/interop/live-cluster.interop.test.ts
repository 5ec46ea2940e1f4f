import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { judge } from '../../src/assurance/index.ts';
import { parseYaml } from '../../src/base/data.ts';
import { createLog } from '../../src/base/log.ts';
import { type Fields, isFields, textAt } from '../../src/base/pick.ts';
import { toRecords } from '../../src/estate/index.ts';
import {
  AttestationConfig,
  createAttestors,
  machinePorts,
  TokenCluster,
} from '../../src/identity/attestation/index.ts';
import { memoryJoinTokens } from '../../src/identity/attestation/join-token/testing/memory-store.ts';
import { LiveClusters } from '../../src/server/clusters.ts';
import { NodePodsConfig, openNodePods } from '../../src/server/node-pods.ts';
import { MemoryStore } from '../../src/server/testing/memory-store.ts';
import {
  type ClusterConfig,
  ClustersConfig,
} from '../../src/sources/kubernetes/live/config/index.ts';
import { STORIES } from '../support/mesh-stories.ts';
import { kubernetesProgram, RealCluster } from './support/kubernetes.ts';
import { isMissing } from './support/tools.ts';

const program = await kubernetesProgram();
const rights = (file: string) =>
  readFileSync(join(import.meta.dirname, '../../deploy/kubernetes', file), 'utf8');
const namespace = (name: string) =>
  `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name} }\n---\n`;
const account = (name: string) =>
  `apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: ${name}, namespace: shop }\n---\n`;
/** Kinds that were installed just now are found within five seconds, rights within thirty. */
const WAIT = { timeout: 60_000, interval: 100 };
const silent = createLog('silent');

describe.skipIf(isMissing('clusters that are followed', program))('a real API server', () => {
  let real: RealCluster;
  const undo: (() => Promise<void> | void)[] = [];
  beforeAll(async () => {
    real = await RealCluster.start(program.path ?? '');
    await real.apply(`${rights('reader.yaml')}---\n${rights('tokens.yaml')}`);
    await real.apply(namespace('shop') + namespace('kuma-system') + namespace('istio-system'));
  });
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  afterAll(() => real?.close());

  /** Follows the cluster with no more rights than deploy/kubernetes gives. */
  async function follow(more: Partial<ClusterConfig> = {}) {
    const kubeconfig = real.kubeconfig('reeve', await real.tokenOf('reeve', 'reeve'));
    const store = new MemoryStore();
    const clusters = new LiveClusters({
      clusters: ClustersConfig.parse([{ name: 'real', kubeconfig, ...more }]),
      environment: 'test',
      store,
      clock: Date.now,
      log: silent,
      onFolded: () => {},
    });
    undo.push(() => clusters.close());
    clusters.start();
    const becomes = (state: string) =>
      vi.waitFor(() => expect(clusters.list()[0]).toMatchObject({ state }), WAIT);
    await becomes('current');
    const estate = async () => {
      const facts = (await store.facts()).map(({ fact }) => fact);
      return judge(toRecords(facts), new Date().toISOString(), new Map(), {});
    };
    const call = async () =>
      (await estate()).calls.find(
        ({ from, to }) => from === 'test/shop/web' && to === 'test/shop/orders',
      );
    return { clusters, estate, call, becomes };
  }

  /** Applies a manifest, namespaces first, and takes it away after the test. */
  async function applied(manifest: string): Promise<void> {
    const objects = objectsOf(manifest);
    for (const object of objects) await real.applyObject(object);
    undo.push(async () => {
      for (const object of objects) {
        if (textAt(object, 'kind') !== 'Namespace') await real.remove(object).catch(() => {});
      }
    });
  }

  it.each(STORIES)(
    'tells of %s, and of each change that decides about a call',
    async (_, start, steps) => {
      await applied(start);
      const { call } = await follow();
      for (const { apply, remove, is, evidence, allowedBy } of steps) {
        if (apply !== undefined) await applied(apply);
        if (remove) {
          const [kind, inside, name] = remove;
          const found = objectsOf(start + steps.map((step) => step.apply ?? '').join('---\n')).find(
            (object) =>
              textAt(object, 'kind') === kind && textAt(object, 'metadata', 'name') === name,
          );
          expect(textAt(found, 'metadata', 'namespace')).toBe(inside);
          await real.remove(found ?? {});
        }
        await vi.waitFor(async () => {
          expect(await call()).toMatchObject({
            authentication: is,
            evidence: expect.stringMatching(evidence),
            ...(allowedBy && { allowedBy }),
          });
        }, WAIT);
      }
    },
  );

  it('is read in pages, with rights that name no Secret, and with those that do', async () => {
    await applied(
      `${Array.from({ length: 600 }, (_, index) => account(`a${index}`)).join('')}apiVersion: v1
kind: Secret
metadata: { name: db, namespace: shop, labels: { app.kubernetes.io/managed-by: test } }
stringData: { password: ${crypto.randomUUID()} }
`,
    );
    const { clusters, estate } = await follow();
    expect(clusters.list()[0]?.objects).toBeGreaterThan(600);
    expect(clusters.list()[0]?.unread).toEqual(['secrets']);
    expect(clusters.diagnostics('real')).toMatchObject([
      { severity: 'note', code: 'cluster/forbidden', hint: expect.stringContaining('"secrets"') },
    ]);
    await applied(rights('secret-names.yaml'));
    await vi.waitFor(async () => {
      expect((await estate()).credentials).toMatchObject([
        {
          name: 'db/password',
          fingerprint: null,
          locations: [{ file: 'cluster real: Secret shop/db', in: 'secret' }],
        },
      ]);
    }, WAIT);
    expect(clusters.list()[0]?.unread).toEqual([]);
  });

  it('lets one namespace be read, with rights for no other', async () => {
    const start = STORIES.find(([mesh]) => mesh === 'Istio')?.[1] ?? '';
    await applied(start);
    await applied(rights('namespaced.yaml'));
    const binding = objectsOf(rights('reader.yaml')).find(
      (object) => textAt(object, 'kind') === 'ClusterRoleBinding',
    );
    await real.remove(binding ?? {});
    undo.push(() => real.apply(rights('reader.yaml')));
    const { clusters, call } = await follow({ namespaces: ['shop'] });
    await vi.waitFor(async () => {
      expect(await call()).toMatchObject({ authentication: 'mtls' });
    }, WAIT);
    expect(clusters.list()[0]?.unread.filter((one) => !/role|class|cluster/.test(one))).toEqual([
      'meshes.kuma.io',
      'secrets',
    ]);
  });

  it('may be away, and come back', async () => {
    await applied(STORIES[0]?.[1] ?? '');
    const { clusters, call, becomes } = await follow();
    await vi.waitFor(async () => expect((await call())?.authentication).toBe('mtls'), WAIT);
    await real.stopApi();
    await becomes('stale');
    expect((await call())?.authentication).toBe('mtls');
    await real.startApi();
    await becomes('current');
    await applied(STORIES[0]?.[2][1]?.apply ?? '');
    await vi.waitFor(async () => expect((await call())?.authentication).toBe('none'), WAIT);
    expect(clusters.list()[0]?.failure).toBe(null);
  });

  it('says what a token shows, by its keys and by its own review', async () => {
    await applied(`${account('orders')}${POD('orders-1', 'node-1')}`);
    const { clusters } = await follow();
    const attestorBy = async (verifiedBy: 'keys' | 'review') => {
      const cluster = new TokenCluster({
        name: null,
        audience: 'reeve',
        verifiedBy,
        api: clusters.api('real'),
        clock: Date.now,
        log: silent,
      });
      undo.push(() => cluster.close());
      await cluster.start();
      expect(cluster.cluster?.issuer).toBe('https://kubernetes.default.svc');
      const config = AttestationConfig.parse({});
      return createAttestors(
        {
          clock: Date.now,
          workload: machinePorts(config),
          clusters: () => (cluster.cluster ? [cluster.cluster] : []),
          joinTokens: memoryJoinTokens(),
        },
        config,
      ).kubernetes;
    };
    const byKeys = await attestorBy('keys');
    const byReview = await attestorBy('review');
    const token = await real.tokenOf('shop', 'orders', 'reeve', 'orders-1');
    for (const attestor of [byKeys, byReview]) {
      expect(await attestor.attest({ token })).toMatchObject({
        kind: 'attested',
        selectors: expect.arrayContaining([
          'k8s:ns:shop',
          'k8s:pod-name:orders-1',
          'k8s:sa:orders',
        ]),
      });
      const elsewhere = await real.tokenOf('shop', 'orders', 'another', 'orders-1');
      expect(await attestor.attest({ token: elsewhere })).toMatchObject({ kind: 'refused' });
      const unbound = await real.tokenOf('shop', 'orders', 'reeve');
      expect(await attestor.attest({ token: unbound })).toMatchObject({
        code: 'identity/attestation-forbidden/token-unbound',
      });
    }
    await real.ask('DELETE', '/api/v1/namespaces/shop/pods/orders-1?gracePeriodSeconds=0');
    // the API server remembers for some seconds that it took a token
    await vi.waitFor(async () => {
      expect(await byReview.attest({ token })).toMatchObject({
        code: 'identity/attestation-forbidden/token-rejected',
      });
    }, WAIT);
    expect(await byKeys.attest({ token })).toMatchObject({ kind: 'attested' });
  });

  it('tells an agent which pods run on its node', async () => {
    await applied(rights('agent.yaml'));
    await applied(`${account('orders')}${POD('orders-1', 'node-1')}${POD('orders-2', 'node-2')}`);
    const kubeconfig = real.kubeconfig('agent', await real.tokenOf('reeve', 'reeve-agent'));
    const config = NodePodsConfig.parse({ node: 'node-1', kubeconfig, waitMs: 4_000 });
    const pods = await openNodePods(config, silent);
    undo.push(() => pods.close());
    const uidOf = async (name: string) => {
      const { body } = await real.ask('GET', `/api/v1/namespaces/shop/pods/${name}`);
      return textAt(body, 'metadata', 'uid') ?? '';
    };
    const uid = await uidOf('orders-1');
    expect(await pods.podOf(uid)).toMatchObject({
      namespace: 'shop',
      account: 'orders',
      name: 'orders-1',
      labels: { app: 'orders' },
    });
    const id = 'b8e0a8f5a1c5a0e5d4f0b5b7a2e9c3d1f6a7b8c9d0e1f2a3b4c5d6e7f8091a2b';
    const asked = pods.podOf(uid, id);
    await real.ask('PATCH', '/api/v1/namespaces/shop/pods/orders-1/status?fieldManager=kubelet', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'orders-1', namespace: 'shop' },
      status: {
        containerStatuses: [
          {
            name: 'app',
            containerID: `containerd://${id}`,
            image: 'a',
            imageID: 'b',
            ready: true,
            restartCount: 0,
          },
        ],
      },
    });
    expect((await asked)?.containers.get(id)).toEqual({ name: 'app', image: 'example/orders' });
    const other = await openNodePods({ ...config, waitMs: 300 }, silent);
    undo.push(() => other.close());
    expect(await other.podOf(await uidOf('orders-2'))).toBe(undefined);
  });
});

const POD = (name: string, node: string) => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: orders } }
spec:
  nodeName: ${node}
  serviceAccountName: orders
  terminationGracePeriodSeconds: 0
  containers: [{ name: app, image: example/orders }]
---
`;

function objectsOf(manifest: string): Fields[] {
  return parseYaml(manifest)
    .documents.map(({ value }) => value)
    .filter(isFields)
    .sort((a, b) => rank(a) - rank(b));
}

function rank(object: Fields): number {
  return textAt(object, 'kind') === 'Namespace' ? 0 : 1;
}
