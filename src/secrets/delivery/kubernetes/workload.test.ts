import { describe, expect, it } from 'vitest';
import { consumerOf, stampName, toStamp, type WorkloadList } from './workload.ts';

const AT = Date.UTC(2026, 0, 5, 12);
const consumer = (list: WorkloadList, { spec = {}, status = {}, annotations = {} }) =>
  consumerOf(
    list,
    {
      metadata: { name: 'orders', namespace: 'shop', generation: 2 },
      spec: {
        ...spec,
        template: { metadata: { annotations }, spec: { imagePullSecrets: [{ name: 'db' }] } },
      },
      status,
    },
    'db',
  );
const seen = { observedGeneration: 2 };
const whole = { ...seen, replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
const late = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };
const daemons = {
  ...seen,
  desiredNumberScheduled: 3,
  updatedNumberScheduled: 3,
  numberAvailable: 3,
};
const three = { replicas: 3 };
const revisions = { updateRevision: 'b', currentRevision: 'a' };

describe('the pods of', () => {
  it.each<[WorkloadList, string, object, object, string]>([
    ['deployments', 'all new', three, whole, 'done: all its pods are new'],
    ['deployments', 'none wanted', { replicas: 0 }, seen, 'done: all its pods are new'],
    [
      'deployments',
      'not begun',
      three,
      { ...whole, observedGeneration: 1 },
      'going: it has not begun',
    ],
    [
      'deployments',
      'some new',
      three,
      { ...whole, updatedReplicas: 1 },
      'going: 1 of 3 pods are new',
    ],
    ['deployments', 'some old', three, { ...whole, replicas: 4 }, 'going: 3 of 3 pods are new'],
    [
      'deployments',
      'not available',
      three,
      { ...whole, availableReplicas: 2 },
      'going: 2 of 3 pods are new',
    ],
    [
      'deployments',
      'too late',
      three,
      { ...seen, conditions: [late] },
      'failed: its progress deadline is over',
    ],
    [
      'deployments',
      'late before',
      three,
      { observedGeneration: 1, conditions: [late] },
      'going: it has not begun',
    ],
    ['deployments', 'paused', { ...three, paused: true }, whole, 'held: it is paused'],
    [
      'deployments',
      'one, as nothing is said',
      {},
      { ...seen, replicas: 1 },
      'going: 0 of 1 pods are new',
    ],
    [
      'statefulsets',
      'all new',
      three,
      { ...whole, updateRevision: 'a', currentRevision: 'a' },
      'done: all its pods are new',
    ],
    [
      'statefulsets',
      'some new',
      three,
      { ...whole, ...revisions, updatedReplicas: 2 },
      'going: 2 of 3 pods are new',
    ],
    [
      'statefulsets',
      'new but for a part that is kept',
      { ...three, updateStrategy: { rollingUpdate: { partition: 1 } } },
      { ...whole, ...revisions, updatedReplicas: 2 },
      'done: all its pods are new',
    ],
    [
      'statefulsets',
      'waiting for somebody',
      { ...three, updateStrategy: { type: 'OnDelete' } },
      { ...whole, ...revisions, updatedReplicas: 0 },
      'held: its pods are replaced only when somebody deletes them (OnDelete)',
    ],
    ['daemonsets', 'all new', {}, daemons, 'done: all its pods are new'],
    [
      'daemonsets',
      'some new',
      {},
      { ...daemons, updatedNumberScheduled: 1 },
      'going: 1 of 3 pods are new',
    ],
    ['daemonsets', 'on no node', {}, seen, 'done: all its pods are new'],
  ])('%s are %s', (list, _, spec, status, rollout) => {
    const found = consumer(list, { spec, status })?.rollout;
    expect(`${found?.state}: ${found?.why}`).toBe(rollout);
  });
});

describe('a workload', () => {
  it('that uses a Secret is told by its name, its path and how it uses it', () => {
    expect(consumer('deployments', {})).toMatchObject({
      id: 'Deployment/orders',
      path: '/apis/apps/v1/namespaces/shop/deployments/orders',
      uses: ['imagePull'],
      stamp: undefined,
    });
    expect(consumerOf('deployments', {}, 'db')).toBe(undefined);
  });

  it('says what its pods began with', () => {
    const annotations = { [stampName('db')]: toStamp('7.1', AT) };
    expect(consumer('deployments', { annotations })?.stamp).toEqual({ delivery: '7.1', at: AT });
  });

  it.each(['', '7', '7 soon', ' 2026-01-05T12:00:00Z'])('says nothing by %j', (text) => {
    const annotations = { [stampName('db')]: text };
    expect(consumer('deployments', { annotations })?.stamp).toBe(undefined);
  });
});

describe('the name of a stamp', () => {
  it('is one that annotations take, and one for each Secret', () => {
    const names = [
      'a',
      'a.b-c',
      'a'.repeat(63),
      'a'.repeat(64),
      `${'a'.repeat(63)}.b`,
      `${'a'.repeat(200)}`,
    ];
    const stamps = names.map(stampName);
    expect(new Set(stamps).size).toBe(names.length);
    for (const stamp of stamps) {
      expect(stamp).toMatch(/^secrets\.reeve\.dev\/[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/);
    }
  });
});
