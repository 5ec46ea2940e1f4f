import { afterEach, describe, expect, it, vi } from 'vitest';
import { judge } from '../src/assurance/index.ts';
import { toRecords } from '../src/estate/index.ts';
import { attribute } from '../src/sources/attribution/index.ts';
import { CLUSTER_READERS } from '../src/sources/cluster-readers/index.ts';
import { ClusterApi, LiveCluster, readLive } from '../src/sources/kubernetes/live/index.ts';
import { TestApiServer } from '../src/sources/kubernetes/live/testing/api-server.ts';
import { STORIES } from './support/mesh-stories.ts';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

describe('what changes in a running cluster', () => {
  it.each(STORIES)('with %s changes who authenticates a call', async (_, start, steps) => {
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
    for (const { apply, remove, is, evidence, allowedBy } of steps) {
      if (apply !== undefined) server.apply(apply);
      if (remove) server.remove(...remove);
      await vi.waitFor(() => {
        expect(call()).toMatchObject({
          authentication: is,
          evidence: expect.stringMatching(evidence),
          ...(allowedBy && { allowedBy }),
        });
      }, 3_000);
    }
  });
});
