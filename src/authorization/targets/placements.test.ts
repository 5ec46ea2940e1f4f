import { describe, expect, it } from 'vitest';
import type { NetworkWorkload } from '../../estate/index.ts';
import { placementsOf } from './placements.ts';

function workload(
  service: string,
  labels: Record<string, string>,
  rest: Partial<NetworkWorkload> = {},
): NetworkWorkload {
  return {
    namespace: 'shop',
    name: service,
    kind: 'Deployment',
    service,
    labels,
    serviceAccount: service,
    ports: [],
    hostNetwork: false,
    source: { reader: 'kubernetes', how: 'configured', file: 'k8s.yaml' },
    ...rest,
  };
}

const SERVICE = { id: 'default/shop/orders', namespace: 'shop', name: 'orders' };
const NAME = 'app.kubernetes.io/name';
const ORDERS = workload('orders', { app: 'orders', version: '7', tier: 'back' });

function selectorOf(...workloads: NetworkWorkload[]) {
  const [first] = placementsOf([SERVICE], workloads).get(SERVICE.id)?.workloads ?? [];
  return first?.selector;
}

describe('the place of a service', () => {
  it.each<[string, NetworkWorkload[], unknown]>([
    [
      'is the usual label that tells',
      [ORDERS, workload('web', { app: 'web' })],
      { matchLabels: { app: 'orders' }, absent: [] },
    ],
    [
      'is the first of the usual labels',
      [workload('orders', { app: 'x', [NAME]: 'orders' }), workload('web', { app: 'x' })],
      { matchLabels: { [NAME]: 'orders' }, absent: [] },
    ],
    [
      'is two labels where one does not tell',
      [ORDERS, workload('web', { app: 'orders', tier: 'front' })],
      { matchLabels: { app: 'orders', tier: 'back' }, absent: [] },
    ],
    [
      'is all labels where the usual do not tell',
      [ORDERS, workload('web', { app: 'orders', tier: 'back', version: '8' })],
      { matchLabels: { app: 'orders', tier: 'back', version: '7' }, absent: [] },
    ],
    [
      'leaves out labels that only others have',
      [workload('orders', { app: 'x' }), workload('web', { app: 'x', role: 'web' })],
      { matchLabels: { app: 'x' }, absent: ['role'] },
    ],
    [
      'is shared by the workloads of one service',
      [ORDERS, workload('orders', { app: 'orders' }, { name: 'orders-canary' })],
      { matchLabels: { app: 'orders' }, absent: [] },
    ],
    ['is none where labels are the same', [ORDERS, workload('web', ORDERS.labels)], undefined],
    ['is none without labels', [workload('orders', {})], undefined],
    [
      'minds no other namespace',
      [ORDERS, workload('web', { app: 'orders' }, { namespace: 'tools' })],
      { matchLabels: { app: 'orders' }, absent: [] },
    ],
  ])('%s', (_, workloads, want) => {
    expect(selectorOf(...workloads)).toEqual(want);
  });

  it('is not known where no workload is', () => {
    expect(placementsOf([SERVICE], [workload('web', { app: 'web' })]).size).toBe(0);
  });

  it('does not depend on the order of workloads', () => {
    const all = ['b', 'a'].map((name) => workload('orders', { app: 'orders' }, { name }));
    const names = placementsOf([SERVICE], all)
      .get(SERVICE.id)
      ?.workloads.map(({ name }) => name);
    expect(names).toEqual(['a', 'b']);
  });
});
