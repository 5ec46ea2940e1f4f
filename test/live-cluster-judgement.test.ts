import { afterEach, describe, expect, it, vi } from 'vitest';
import { canonicalJson, type Fact, type Observation } from '../src/estate/index.ts';
import { attribute } from '../src/sources/attribution/index.ts';
import * as cilium from '../src/sources/cilium/testing/cases.ts';
import { CLUSTER_READERS } from '../src/sources/cluster-readers/index.ts';
import * as istio from '../src/sources/istio/testing/mtls-cases.ts';
import * as istioPolicies from '../src/sources/istio/testing/policy-cases.ts';
import { ClusterApi, LiveCluster, readLive } from '../src/sources/kubernetes/live/index.ts';
import { TestApiServer } from '../src/sources/kubernetes/live/testing/api-server.ts';
import * as kuma from '../src/sources/kuma/testing/cases.ts';
import * as linkerd from '../src/sources/linkerd/testing/cases.ts';
import { clusterOf } from '../src/sources/mesh/cluster.fixture.ts';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** What is said of services, calls and weaknesses, without the places where it stands. */
function judged(observations: readonly Observation[]): string[] {
  const { facts } = attribute(observations, { environment: 'test' });
  return facts.map((fact) => canonicalJson(withoutPlaces(fact))).sort();
}

function withoutPlaces(fact: Fact): unknown {
  return JSON.parse(
    JSON.stringify(fact, (key, value: unknown) => {
      if (key === 'source') return { ...(value as object), file: 0, line: 0, column: 0 };
      return key === 'location' ? undefined : value;
    }),
  );
}

function asManifest(manifest: string): string[] {
  const observations: Observation[] = [];
  const sink = { observe: (one: Observation) => void observations.push(one), report: () => {} };
  for (const reader of CLUSTER_READERS) reader.read(clusterOf(manifest), sink);
  return judged(observations);
}

async function asCluster(manifest: string): Promise<string[]> {
  const server = await TestApiServer.start();
  undo.push(() => server.close());
  server.apply(manifest);
  const headers = { authorization: `Bearer ${server.token}` };
  const api = new ClusterApi({
    server: new URL(server.origin),
    options: async () => ({ headers }),
  });
  const cluster = new LiveCluster({ name: 'test', api, namespaces: [], onChange: () => {} });
  undo.push(async () => {
    await cluster.close();
    api.close();
  });
  cluster.start();
  await vi.waitFor(() => expect(cluster.state.state).toBe('current'), { interval: 5 });
  return judged(readLive('test', cluster.values(), CLUSTER_READERS).observations);
}

type Case = readonly [name: string, manifest: string, ...want: unknown[]];
const on = (base: string, cases: readonly Case[], more = ''): [string, string][] =>
  cases.map(([name, manifest]) => [name, base + manifest + more]);
/** A Server of their own takes the place of the usual one. */
const servers = linkerd.SERVERS.map(([name, manifest]): [string, string] => {
  const base = manifest.includes('kind: Server\n') ? linkerd.BASE : linkerd.BASE + linkerd.SERVER;
  return [name, base + manifest];
});

const MESHES: Record<string, [string, string][]> = {
  Istio: [
    ...on(istio.BASE, istio.MTLS),
    ...on('', istio.INJECTION, istio.policy(istio.STRICT)),
    ...on(istioPolicies.BASE, istioPolicies.POLICIES),
  ],
  Linkerd: [...on('', linkerd.DEFAULTS), ...servers],
  Kuma: [...on('', kuma.MTLS), ...on(kuma.BASE, kuma.PERMISSIONS)],
  Cilium: [...on(cilium.BASE, cilium.PERMISSIONS), ...on(cilium.BASE, cilium.MTLS)],
};
/** Of manifests that say nothing of who is injected, injection is assumed; a cluster knows better. */
const isAssumed = (judgement: readonly string[]) =>
  judgement.join().includes('injection is assumed');

describe.each(Object.entries(MESHES))('%s in a running cluster', (_, cases) => {
  it.each(cases)('is judged as in manifests: %s', async (_, manifest) => {
    const want = asManifest(manifest);
    const found = await asCluster(manifest);
    if (isAssumed(want)) {
      expect(found.join()).toContain('not injected: namespace shop lacks');
      expect(found.join()).not.toContain('"inbound":"strict"');
    } else expect(found).toEqual(want);
    expect(want.length).toBeGreaterThan(0);
  });

  it('has as many cases as its readers, few of them assumed', () => {
    expect(cases.length).toBeGreaterThan(20);
    const assumed = cases.filter(([, manifest]) => isAssumed(asManifest(manifest)));
    expect(assumed.length).toBeLessThanOrEqual(1);
  });
});
