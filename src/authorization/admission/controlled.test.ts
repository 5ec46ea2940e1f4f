import { describe, expect, it } from 'vitest';
import { listAt } from '../../base/pick.ts';
import { AdmissionConfig, objectToJudge } from './index.ts';

const OWNED_BY = {
  set: { kind: 'ReplicaSet', name: 'orders-1', controller: true },
  nobody: { kind: 'ConfigMap', name: 'any', controller: false },
};
const pod = (labels: object, ...ownerReferences: object[]) => ({
  metadata: { name: 'orders-1-a', labels, ownerReferences },
  spec: { containers: [] },
});
const WEB = { app: 'web' };
const OWNED = pod(WEB, OWNED_BY.set);
const annotated = { ...OWNED, metadata: { ...OWNED.metadata, annotations: { address: 'x' } } };
const ROLLOUTS = 'system:serviceaccount:argo-rollouts:argo-rollouts';
const config = AdmissionConfig.parse({ controllers: [ROLLOUTS] });

describe('an object that says that something controls it', () => {
  it.each<[string, string, object, object | undefined, boolean]>([
    [
      'is not judged where a controller makes it',
      'system:kube-controller-manager',
      OWNED,
      undefined,
      true,
    ],
    [
      '… of an account of its own',
      'system:serviceaccount:kube-system:job-controller',
      OWNED,
      undefined,
      true,
    ],
    ['… that is configured', ROLLOUTS, OWNED, undefined, true],
    ['… or a kubelet mirrors it', 'system:node:a', OWNED, undefined, true],
    ['is judged where anybody makes it', 'anna', OWNED, undefined, false],
    [
      '… in a namespace with a name like theirs',
      'system:serviceaccount:kube-systems:a',
      OWNED,
      undefined,
      false,
    ],
    ['… or nobody knows who', '', OWNED, undefined, false],
    ['is left to it where it is annotated', 'cni', annotated, OWNED, true],
    ['is judged where its labels change', 'anna', OWNED, pod({ app: 'x' }, OWNED_BY.set), false],
    ['is judged where it says so from now on', 'anna', OWNED, pod(WEB), false],
  ])('%s', (_, username, object, oldObject, isLeft) => {
    const judged = objectToJudge(
      { kind: 'Pod', username, object: { ...object }, oldObject: oldObject && { ...oldObject } },
      config,
    );
    expect(listAt(judged, 'metadata', 'ownerReferences')).toEqual(isLeft ? [OWNED_BY.set] : []);
    expect(judged).toMatchObject({ metadata: { labels: WEB }, spec: OWNED.spec });
  });

  it.each([
    ['Pod', 'where somebody debugs in it', true],
    ['ReplicaSet', 'unless what it runs changes', false],
  ])('is left to it, if it is a %s, %s', (kind, _, isLeft) => {
    const object = { ...OWNED, spec: { containers: [], ephemeralContainers: [{ name: 'shell' }] } };
    const judged = objectToJudge({ kind, username: 'anna', object, oldObject: OWNED }, config);
    expect(listAt(judged, 'metadata', 'ownerReferences')).toEqual(isLeft ? [OWNED_BY.set] : []);
  });

  it('keeps what else it belongs to', () => {
    const object = pod(WEB, OWNED_BY.nobody, OWNED_BY.set);
    const judged = objectToJudge(
      { kind: 'Pod', username: 'anna', object, oldObject: undefined },
      config,
    );
    expect(listAt(judged, 'metadata', 'ownerReferences')).toEqual([OWNED_BY.nobody]);
  });

  it('is none where it is deleted', () => {
    expect(
      objectToJudge({ kind: 'Pod', username: 'anna', object: undefined, oldObject: OWNED }, config),
    ).toBe(undefined);
  });
});
