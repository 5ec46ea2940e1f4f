import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { createLog } from '../../../src/base/log.ts';
import { fieldsAt, numberAt, textAt, textsAt } from '../../../src/base/pick.ts';
import type { DeliveryCluster } from '../../../src/secrets/delivery/index.ts';
import { LiveClusters } from '../../../src/server/clusters.ts';
import { MemoryStore } from '../../../src/server/testing/memory-store.ts';
import { ClustersConfig } from '../../../src/sources/kubernetes/live/config/index.ts';
import { RealCluster } from './kubernetes.ts';

const rights = (file: string) =>
  readFileSync(join(import.meta.dirname, '../../../deploy/kubernetes', file), 'utf8');

/** A cluster without nodes that Reeve follows with the rights of deploy/kubernetes, and where tests are the controllers. */
export class DeliveredCluster {
  readonly real: RealCluster;
  readonly #clusters: LiveClusters;

  private constructor(real: RealCluster, clusters: LiveClusters) {
    this.real = real;
    this.#clusters = clusters;
  }

  static async start(program: string): Promise<DeliveredCluster> {
    const real = await RealCluster.start(program);
    await real.apply(rights('reader.yaml'));
    await real.apply('apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n');
    await real.apply(rights('secret-delivery.yaml'));
    const kubeconfig = real.kubeconfig('reeve', await real.tokenOf('reeve', 'reeve'));
    const clusters = new LiveClusters({
      clusters: ClustersConfig.parse([{ name: 'real', kubeconfig }]),
      environment: 'production',
      store: new MemoryStore(),
      clock: Date.now,
      log: createLog('silent'),
      onFolded: () => {},
    });
    clusters.start();
    await vi.waitFor(() => clusters.api('real').get('/version'), { timeout: 60_000 });
    return new DeliveredCluster(real, clusters);
  }

  clusterOf = (name: string): DeliveryCluster => this.#clusters.api(name);

  async close(): Promise<void> {
    await this.#clusters.close();
    await this.real.close();
  }

  /** Of the Secret `shop/orders-db`, or another; undefined: it is not there. */
  async secret(name = 'orders-db'): Promise<unknown> {
    const { status, body } = await this.real.ask('GET', `/api/v1/namespaces/shop/secrets/${name}`);
    return status === 404 ? undefined : body;
  }

  /** Its data, decoded. */
  async data(name?: string): Promise<Record<string, string>> {
    return Object.fromEntries(
      Object.entries(textsAt(await this.secret(name), 'data')).map(([one, text]) => [
        one,
        Buffer.from(text, 'base64').toString(),
      ]),
    );
  }

  async remove(name = 'orders-db'): Promise<void> {
    await this.real.ask('DELETE', `/api/v1/namespaces/shop/secrets/${name}`);
  }

  /** A workload with one container, whose pods are what `podSpec` adds. */
  async workload(kind: string, name: string, podSpec: object, spec: object = {}): Promise<void> {
    await this.real.applyObject({
      apiVersion: 'apps/v1',
      kind,
      metadata: { name, namespace: 'shop' },
      spec: {
        selector: { matchLabels: { app: name } },
        ...(kind === 'StatefulSet' && { serviceName: name }),
        template: {
          metadata: { labels: { app: name } },
          spec: { containers: [{ name: 'app', image: 'example/app' }], ...podSpec },
        },
        ...spec,
      },
    });
    await this.settle(kind, name);
  }

  async get(kind: string, name: string): Promise<unknown> {
    return (await this.real.ask('GET', pathOf(kind, name))).body;
  }

  /** What its template says that its pods began with. */
  async stampOf(kind: string, name: string, secret = 'orders-db'): Promise<string | undefined> {
    const annotations = ['spec', 'template', 'metadata', 'annotations'];
    return textAt(await this.get(kind, name), ...annotations, `secrets.reeve.dev/${secret}`);
  }

  /** What its controller says when all pods are new, or what `more` says instead. */
  async settle(kind: string, name: string, more: object = {}): Promise<void> {
    const object = await this.get(kind, name);
    const replicas = numberAt(object, 'spec', 'replicas') ?? 1;
    const observedGeneration = numberAt(object, 'metadata', 'generation') ?? 1;
    const status = {
      Deployment: {
        replicas,
        updatedReplicas: replicas,
        availableReplicas: replicas,
        readyReplicas: replicas,
      },
      StatefulSet: {
        replicas,
        updatedReplicas: replicas,
        availableReplicas: replicas,
        readyReplicas: replicas,
      },
      DaemonSet: {
        ...{ desiredNumberScheduled: 1, currentNumberScheduled: 1, numberMisscheduled: 0 },
        ...{ numberReady: 1, updatedNumberScheduled: 1, numberAvailable: 1 },
      },
    }[kind];
    const body = { ...fieldsAt(object), status: { observedGeneration, ...status, ...more } };
    const answer = await this.real.ask('PUT', `${pathOf(kind, name)}/status`, body);
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  }
}

const pathOf = (kind: string, name: string): string =>
  `/apis/apps/v1/namespaces/shop/${kind.toLowerCase()}s/${name}`;
