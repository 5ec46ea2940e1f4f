import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createLog } from '../base/log.ts';
import { TestApiServer } from '../sources/kubernetes/live/testing/api-server.ts';
import { NodePodsConfig, openNodePods } from './node-pods.ts';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const pod = (name: string, node: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'shop',
    ownerReferences: [{ kind: 'ReplicaSet', name: 'orders', controller: true }],
  },
  spec: { nodeName: node, serviceAccountName: 'orders', containers: [{ name: 'app' }] },
});

describe('the pods of a node', () => {
  it('are followed, those of other nodes not', async () => {
    const server = await TestApiServer.start();
    undo.push(() => server.close());
    server.put(pod('orders-1', 'node-1'));
    server.put(pod('orders-2', 'node-2'));
    const folder = mkdtempSync(join(tmpdir(), 'node-pods-'));
    undo.push(() => rmSync(folder, { recursive: true }));
    const kubeconfig = join(folder, 'kubeconfig');
    const cluster = { server: server.origin, 'insecure-skip-tls-verify': true };
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        'current-context': 'a',
        clusters: [{ name: 'a', cluster }],
        users: [{ name: 'a', user: { token: server.token } }],
        contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
      }),
    );
    const config = NodePodsConfig.parse({ node: 'node-1', kubeconfig, waitMs: 3_000 });
    const pods = await openNodePods(config, createLog('silent'));
    undo.push(() => pods.close());
    const one = await pods.podOf(server.uidOf('Pod', 'shop', 'orders-1'));
    expect(one).toMatchObject({ name: 'orders-1', namespace: 'shop', account: 'orders' });
    server.put(pod('orders-3', 'node-1'));
    expect(await pods.podOf(server.uidOf('Pod', 'shop', 'orders-3'))).toMatchObject({
      name: 'orders-3',
    });
    expect(server.requests.filter((one) => !/\/pods\?.*spec.nodeName%3Dnode-1/.test(one))).toEqual(
      [],
    );
  });

  it('need a cluster', async () => {
    const config = NodePodsConfig.parse({ node: 'node-1' });
    await expect(openNodePods(config, createLog('silent'))).rejects.toMatchObject({
      code: 'cluster/not-found',
    });
    expect(NodePodsConfig.safeParse({ node: 'a,metadata.name=b' }).success).toBe(false);
  });
});
