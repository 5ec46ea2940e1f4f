import { afterEach, describe, expect, it, vi } from 'vitest';
import { judge } from '../src/assurance/index.ts';
import { textAt } from '../src/base/pick.ts';
import { toRecords } from '../src/estate/index.ts';
import { attribute } from '../src/sources/attribution/index.ts';
import { CLUSTER_READERS } from '../src/sources/cluster-readers/index.ts';
import { ClusterApi, LiveCluster, readLive } from '../src/sources/kubernetes/live/index.ts';
import { TestApiServer } from '../src/sources/kubernetes/live/testing/api-server.ts';
import { peers, STORIES, shop } from './support/mesh-stories.ts';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** Follows a cluster, and judges the call from `shop/web` to `shop/orders` whenever it is asked. */
async function follow(start: string) {
  const server = await TestApiServer.start();
  undo.push(() => server.close());
  server.apply(start);
  const headers = { authorization: `Bearer ${server.token}` };
  const api = new ClusterApi({
    server: new URL(server.origin),
    options: async () => ({ headers }),
  });
  const cluster = new LiveCluster({
    name: 'test',
    api,
    namespaces: [],
    onChange: () => {},
    discoverMs: 20,
  });
  undo.push(async () => {
    await cluster.close();
    api.close();
  });
  cluster.start();
  const call = () => {
    const { observations } = readLive('test', cluster.values(), CLUSTER_READERS);
    const { facts } = attribute(observations, { environment: 'test' });
    return judge(toRecords(facts), new Date().toISOString(), new Map(), {}).calls.find(
      ({ from, to }) => from === 'test/shop/web' && to === 'test/shop/orders',
    );
  };
  const becomes = (want: object) =>
    vi.waitFor(() => expect(call()).toMatchObject(want), { timeout: 60_000, interval: 20 });
  const names = () => [...cluster.values()].map((value) => textAt(value, 'metadata', 'name'));
  return { server, becomes, names };
}

describe('what changes in a running cluster', () => {
  it.each(STORIES)('with %s changes who authenticates a call', async (_, start, steps) => {
    const { server, becomes } = await follow(start);
    for (const { apply, remove, is, evidence, allowedBy } of steps) {
      if (apply !== undefined) server.apply(apply);
      if (remove) server.remove(...remove);
      await becomes({
        authentication: is,
        evidence: expect.stringMatching(evidence),
        ...(allowedBy && { allowedBy }),
      });
    }
  });
});

/** A pod of the workload `orders`. */
const pod = (
  owner: string,
  containers: string,
  more = 'status: { phase: Running }',
) => `apiVersion: v1
kind: Pod
metadata:
  name: orders-x
  namespace: shop
  labels: { app: orders, pod-template-hash: 5c9d }
  ownerReferences: [{ ${owner}, controller: true }]
spec: { ${containers} }
${more}
---
`;
const MADE = 'kind: ReplicaSet, name: orders-5c9d';

describe('a pod that runs', () => {
  const istio = shop('{ istio-injection: enabled }') + peers('STRICT');
  const kuma = STORIES.find(([mesh]) => mesh === 'Kuma')?.[1] ?? '';
  const linkerd = STORIES.find(([mesh]) => mesh === 'Linkerd');
  const meshed = `${linkerd?.[1]}${linkerd?.[2][1]?.apply}`;
  it.each<[string, string, string, 'mtls' | 'none']>([
    ['without the proxy of Istio', istio, pod(MADE, 'containers: [{ name: a }]'), 'none'],
    ['with it', istio, pod(MADE, 'containers: [{ name: a }, { name: istio-proxy }]'), 'mtls'],
    [
      'with it as an init container',
      istio,
      pod(MADE, 'containers: [{ name: a }], initContainers: [{ name: istio-proxy }]'),
      'mtls',
    ],
    ['without the proxy of Linkerd', meshed, pod(MADE, 'containers: [{ name: a }]'), 'none'],
    ['with it', meshed, pod(MADE, 'containers: [{ name: linkerd-proxy }]'), 'mtls'],
    ['without the proxy of Kuma', kuma, pod(MADE, 'containers: [{ name: a }]'), 'none'],
    ['with it', kuma, pod(MADE, 'containers: [{ name: kuma-sidecar }]'), 'mtls'],
    [
      'of another workload',
      istio,
      pod('kind: StatefulSet, name: orders', 'containers: []'),
      'mtls',
    ],
    ['no more', istio, pod(MADE, 'containers: []', 'status: { phase: Succeeded }'), 'mtls'],
    ['for a job', istio, pod('kind: Job, name: orders', 'containers: []'), 'mtls'],
  ])('%s decides what is said of its workload', async (_, start, made, is) => {
    const { server, becomes, names } = await follow(start);
    await becomes({ authentication: 'mtls' });
    server.apply(made);
    server.apply('{ apiVersion: v1, kind: Pod, metadata: { name: later, namespace: other } }');
    await vi.waitFor(() => expect(names()).toContain('later'));
    if (is === 'mtls') {
      await becomes({ authentication: 'mtls' });
    } else {
      await becomes({
        authentication: 'none',
        evidence: expect.stringMatching(/^not injected: pod orders-x runs without/),
      });
      server.remove('Pod', 'shop', 'orders-x');
      await becomes({ authentication: 'mtls' });
    }
  });
});
