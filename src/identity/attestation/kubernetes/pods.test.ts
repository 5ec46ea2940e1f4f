import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attested } from '../attestation.ts';
import { NodePods, podClaims, readPod } from './index.ts';

const ID = 'b8e0a8f5a1c5a0e5d4f0b5b7a2e9c3d1f6a7b8c9d0e1f2a3b4c5d6e7f8091a2b';
const INIT = 'c'.repeat(64);
const UID = '2c48913c-b29f-11e7-9350-020968147796';
const OBJECT = {
  metadata: {
    uid: UID,
    namespace: 'shop',
    name: 'orders-7d4b9c6f5d-x2x9z',
    labels: { app: 'orders', 'app.kubernetes.io/part-of': 'shop', empty: '' },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'orders-7d4b9c6f5d', controller: true }],
  },
  spec: {
    nodeName: 'node-1',
    serviceAccountName: 'orders',
    containers: [{ name: 'app', image: 'registry.example/orders:1' }],
    initContainers: [{ name: 'prepare' }],
  },
  status: {
    containerStatuses: [{ name: 'app', containerID: `containerd://${ID}` }],
    initContainerStatuses: [{ name: 'prepare', containerID: `cri-o://${INIT}` }],
  },
};
const changed = (part: 'metadata' | 'spec', change: object) => ({
  ...OBJECT,
  [part]: { ...OBJECT[part], ...change },
});
const selectorsOf = (object: unknown, container?: string) => {
  const pod = readPod(object);
  return pod && attested(pod, podClaims(pod, container)).selectors;
};

/** A node that has been told of these pods. */
function told(...objects: readonly unknown[]): NodePods {
  const pods = new NodePods({ node: 'node-1', waitMs: 20, maxPods: 3 });
  pods.replace(objects.flatMap((object) => pods.take(object) ?? []));
  return pods;
}

describe('a pod of this node', () => {
  it('tells its cluster where the agent is told which that is', async () => {
    const pods = new NodePods({ node: 'node-1', cluster: 'eu-1', waitMs: 20 });
    pods.replace([pods.take(OBJECT)!]);
    const pod = await pods.podOf(UID);
    expect(attested(pod, podClaims(pod!, undefined)).selectors).toContain('k8s:cluster:eu-1');
    expect(selectorsOf(OBJECT)?.some((one) => one.startsWith('k8s:cluster:'))).toBe(false);
  });

  const COMMON = [
    'k8s:node-name:node-1',
    'k8s:ns:shop',
    'k8s:pod-label:app.kubernetes.io/part-of:shop',
    'k8s:pod-label:app:orders',
    'k8s:pod-label:empty:',
    'k8s:pod-name:orders-7d4b9c6f5d-x2x9z',
    'k8s:pod-owner:ReplicaSet:orders-7d4b9c6f5d',
    'k8s:sa:orders',
  ];
  it.each<[string, string | undefined, string[]]>([
    [
      'a container',
      ID,
      ['k8s:container-image:registry.example/orders:1', 'k8s:container-name:app'],
    ],
    ['an init container without image', INIT, ['k8s:container-name:prepare']],
    ['a container that is not told of', 'd'.repeat(64), []],
    ['no container', undefined, []],
  ])('gives selectors of itself, and of %s', (_, container, more) => {
    expect(selectorsOf(OBJECT, container)).toEqual([...more, ...COMMON].sort());
  });

  it('that names no account runs as default', () => {
    expect(selectorsOf(changed('spec', { serviceAccountName: undefined }))).toContain(
      'k8s:sa:default',
    );
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a pod without uid', changed('metadata', { uid: '' })],
    ['a pod whose uid is no uid', changed('metadata', { uid: 'a b' })],
    ['a pod without node', changed('spec', { nodeName: '' })],
    ['a namespace that is no name', changed('metadata', { namespace: 'shop:sa:root' })],
    ['an account that is no name', changed('spec', { serviceAccountName: '../x' })],
  ])('is not %s', (_, object) => {
    expect(readPod(object)).toBe(undefined);
  });

  it('is read of any value, or is none', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (metadata, status) => {
        const pod = readPod({ ...OBJECT, status, metadata });
        expect(pod === undefined || pod.uid.length > 0).toBe(true);
      }),
    );
  });
});

describe('the pods of a node', () => {
  it('are known by uid, those of other nodes not', async () => {
    const pods = told(OBJECT, {
      ...changed('spec', { nodeName: 'node-2' }),
      metadata: { ...OBJECT.metadata, uid: 'other' },
    });
    expect((await pods.podOf(UID))?.name).toBe('orders-7d4b9c6f5d-x2x9z');
    expect(await pods.podOf('other')).toBe(undefined);
  });

  it('are waited for shortly', async () => {
    const pods = new NodePods({ node: 'node-1', waitMs: 60_000 });
    const asked = pods.podOf(UID, ID);
    pods.put(pods.take({ ...OBJECT, status: {} }), OBJECT);
    const early = await Promise.race([asked, Promise.resolve('waits')]);
    expect(early).toBe('waits');
    pods.put(pods.take(OBJECT), OBJECT);
    expect((await asked)?.containers.get(ID)?.name).toBe('app');
  });

  it('of which one is known without its container are given as they are', async () => {
    const pods = told({ ...OBJECT, status: {} });
    expect((await pods.podOf(UID, ID))?.containers.size).toBe(0);
  });

  it('are forgotten with the pod', async () => {
    const pods = told(OBJECT);
    pods.remove(OBJECT);
    expect(await pods.podOf(UID)).toBe(undefined);
    const moved = told(OBJECT);
    const elsewhere = changed('spec', { nodeName: 'node-2' });
    moved.put(moved.take(elsewhere), elsewhere);
    expect(await moved.podOf(UID)).toBe(undefined);
  });

  it('are bounded', () => {
    const many = Array.from({ length: 10 }, (_, index) =>
      changed('metadata', { uid: `uid-${index}` }),
    );
    const pods = told(...many);
    expect(pods.size).toBe(3);
    pods.put(pods.take(OBJECT), OBJECT);
    expect(pods.size).toBe(3);
  });
});
