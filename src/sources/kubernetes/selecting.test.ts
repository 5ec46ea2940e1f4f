import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../base/data.ts';
import { textsAt } from '../../base/pick.ts';
import { toCluster } from './cluster.ts';
import { resourcesIn } from './manifest.ts';
import { servicesSelecting, workloadsBehind, workloadsSelected } from './selecting.ts';
import { matchesLabels, matchesSelector } from './selector.ts';
import { namespaceOf, workloadsOf } from './workload.ts';

const labels = fc.dictionary(
  fc.constantFrom('app', 'tier', '__proto__'),
  fc.constantFrom('a', 'b'),
);
const namespace = fc.constantFrom('one', 'two', undefined);
const object = fc.oneof(
  fc.record({ kind: fc.constant('Service'), namespace, labels }),
  fc.record({ kind: fc.constant('Deployment'), namespace, labels }),
);

const clusters = fc.array(object, { maxLength: 12 }).map((objects) => {
  const texts = objects.map(({ kind, namespace: inside, labels: some }, index) =>
    JSON.stringify({
      apiVersion: kind === 'Service' ? 'v1' : 'apps/v1',
      kind,
      metadata: { name: `n${index}`, namespace: inside },
      spec:
        kind === 'Service'
          ? { selector: some }
          : { template: { metadata: { labels: some }, spec: {} } },
    }),
  );
  const { documents } = parseYaml(texts.join('\n---\n'));
  return toCluster(
    documents.flatMap((document) =>
      resourcesIn(document.value, {
        file: 'a.yaml',
        at: document.at.bind(document),
        valueAt: document.valueAt.bind(document),
      }),
    ),
  );
});

describe('who selects whom', () => {
  it('is what asking everyone in the namespace says, in the same order', () => {
    fc.assert(
      fc.property(clusters, (cluster) => {
        const services = cluster.of('', 'Service');
        const workloads = workloadsOf(cluster);
        const selects = (
          service: (typeof services)[number],
          workload: (typeof workloads)[number],
        ) => {
          const selector = textsAt(service.value, 'spec', 'selector');
          return (
            Object.keys(selector).length > 0 &&
            namespaceOf(service) === namespaceOf(workload) &&
            matchesLabels(selector, workload.podLabels)
          );
        };
        for (const workload of workloads) {
          expect(servicesSelecting(cluster, workload)).toEqual(
            services.filter((service) => selects(service, workload)),
          );
        }
        for (const service of services) {
          expect(workloadsBehind(cluster, service)).toEqual(
            workloads.filter((workload) => selects(service, workload)),
          );
        }
      }),
    );
  });

  it('is so for LabelSelectors, empty and absent ones too', () => {
    const selector = fc.oneof(
      fc.constant(undefined),
      labels.map((matchLabels) => ({ matchLabels })),
    );
    fc.assert(
      fc.property(clusters, selector, (cluster, wanted) => {
        expect(workloadsSelected(cluster, 'one', wanted)).toEqual(
          workloadsOf(cluster).filter(
            (workload) =>
              namespaceOf(workload) === 'one' && matchesSelector(wanted, workload.podLabels),
          ),
        );
      }),
    );
  });
});
