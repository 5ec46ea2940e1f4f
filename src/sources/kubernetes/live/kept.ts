import { createHash } from 'node:crypto';
import {
  type Fields,
  fieldsAt,
  isFields,
  listAt,
  pick,
  textAt,
  textsAt,
} from '../../../base/pick.ts';
import { DATA_MANAGERS } from '../data-managers.ts';
import type { ApiResource } from './discovery.ts';
import { dataManagers, secretKeys } from './secret-names.ts';

/** What is kept of an object. */
export interface Kept {
  /** Unique within its kind. */
  readonly key: string;
  readonly value: Fields;
  /** As JSON. */
  readonly bytes: number;
  /** Changes with what is kept. */
  readonly digest: string;
}

export interface KeepLimits {
  /** Of one object, as it is kept. */
  readonly maxObjectBytes: number;
  readonly maxDepth: number;
}

/** Why nothing is kept of an object: it is nothing that readers look at, or it is no object. */
export type NotKept = 'unneeded' | 'malformed' | 'too-large' | 'too-deep';

/** Annotations that repeat the object, a Secret's values included, or change by the second. */
const DROPPED_ANNOTATIONS = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'control-plane.alpha.kubernetes.io/leader',
]);
/** Objects that every namespace gets. */
const GIVEN_CONFIG_MAPS = new Set(['kube-root-ca.crt', 'istio-ca-root-cert']);
/** A name that ids and places can be made of. */
const NAME = /^[^\s{}/]{1,253}$/;

/** Takes what readers look at out of an object: not its state, its history or what repeats it. */
export function keep(object: unknown, resource: ApiResource, limits: KeepLimits): Kept | NotKept {
  const name = textAt(object, 'metadata', 'name') ?? '';
  const namespace = textAt(object, 'metadata', 'namespace') ?? '';
  if (!isFields(object) || !NAME.test(name) || (namespace !== '' && !NAME.test(namespace))) {
    return 'malformed';
  }
  if (resource.namespaced !== (namespace !== '')) return 'malformed';
  if (isUnneeded(object, resource, name)) return 'unneeded';
  const value = toValue(object, resource);
  if (value === undefined) return 'unneeded';
  if (isDeeper(value, limits.maxDepth)) return 'too-deep';
  const text = JSON.stringify(value);
  if (text.length > limits.maxObjectBytes) return 'too-large';
  const digest = createHash('sha1').update(text).digest('base64');
  return { key: `${namespace}/${name}`, value, bytes: text.length, digest };
}

/** The name that `keep` gives it. */
export function keyOf(object: unknown): string {
  const namespace = textAt(object, 'metadata', 'namespace') ?? '';
  return `${namespace}/${textAt(object, 'metadata', 'name') ?? ''}`;
}

/** What another object controls is left to it, as readers do, but for pods, which show what really runs; what comes
 *  with Kubernetes and what every namespace gets is nobody's. */
function isUnneeded(object: Fields, { group, kind }: ApiResource, name: string): boolean {
  const controlled = isControlled(object);
  if (controlled && kind === 'Pod') return !isLasting(object);
  if (controlled && ['ReplicaSet', 'Job', 'ReplicationController'].includes(kind)) return true;
  if (group === 'rbac.authorization.k8s.io') {
    return textAt(object, 'metadata', 'labels', 'kubernetes.io/bootstrapping') === 'rbac-defaults';
  }
  return group === '' && kind === 'ConfigMap' && GIVEN_CONFIG_MAPS.has(name);
}

function isControlled(object: Fields): boolean {
  return listAt(object, 'metadata', 'ownerReferences').some(
    (owner) => pick(owner, 'controller') === true,
  );
}

/** Pods of jobs come and go. */
function isLasting(pod: Fields): boolean {
  return (
    textAt(pod, 'status', 'phase') === 'Running' &&
    pick(pod, 'metadata', 'deletionTimestamp') === undefined &&
    !listAt(pod, 'metadata', 'ownerReferences').some((owner) => textAt(owner, 'kind') === 'Job')
  );
}

/** Of a pod that something controls: the names of what runs in it, and of an API server, which the kubelet controls, its
 *  command. */
function toContainers(pod: Fields): Fields {
  const names = (list: string) =>
    listAt(pod, 'spec', list).flatMap((container) => {
      const name = textAt(container, 'name');
      if (name === undefined) return [];
      if (name !== 'kube-apiserver') return [{ name }];
      return [{ name, command: listAt(container, 'command'), args: listAt(container, 'args') }];
    });
  return { containers: names('containers'), initContainers: names('initContainers') };
}

function toValue(object: Fields, { group, version, kind, metadataOnly }: ApiResource) {
  const metadata = toMetadata(fieldsAt(object, 'metadata'));
  const typed = { apiVersion: group === '' ? version : `${group}/${version}`, kind, metadata };
  if (kind === 'Pod' && isControlled(object)) return { ...typed, spec: toContainers(object) };
  if (metadataOnly) {
    const data = secretKeys(object);
    return data && { ...typed, data, [DATA_MANAGERS]: dataManagers(object) };
  }
  const {
    metadata: _,
    status: __,
    apiVersion: ___,
    kind: ____,
    binaryData: _____,
    ...rest
  } = object;
  return { ...typed, ...rest };
}

function toMetadata(metadata: Fields): Fields {
  const { name, namespace, labels, ownerReferences, creationTimestamp } = metadata;
  const annotations = Object.entries(textsAt(metadata, 'annotations')).filter(
    ([key]) => !DROPPED_ANNOTATIONS.has(key),
  );
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels !== undefined && { labels }),
    ...(annotations.length > 0 && { annotations: Object.fromEntries(annotations) }),
    ...(ownerReferences !== undefined && { ownerReferences }),
    ...(creationTimestamp !== undefined && { creationTimestamp }),
  };
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeper(child, levels - 1));
}
