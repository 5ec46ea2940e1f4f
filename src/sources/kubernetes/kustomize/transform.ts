import {
  entryOf,
  type Fields,
  fieldsAt,
  isFields,
  listAt,
  pick,
  textAt,
} from '../../../base/pick.ts';
import { copyOf, mapItems } from '../origin.ts';
import { groupOf, type KustomizeObject, kindOf, nameOf, withValue } from './object.ts';

/** Kinds that stand in no namespace. */
const CLUSTER_KINDS = new Set([
  'AdminNetworkPolicy',
  'APIService',
  'BaselineAdminNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'ClusterExternalSecret',
  'ClusterIssuer',
  'ClusterRole',
  'ClusterRoleBinding',
  'ClusterSecretStore',
  'CSIDriver',
  'CustomResourceDefinition',
  'GatewayClass',
  'IngressClass',
  'Mesh',
  'MutatingWebhookConfiguration',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingWebhookConfiguration',
]);

/** Puts every object that can have a namespace into one, accounts of bindings included. */
export function inNamespace(
  objects: readonly KustomizeObject[],
  namespace: string,
): KustomizeObject[] {
  const accounts = new Set(
    objects.filter((object) => kindOf(object) === 'ServiceAccount').map(nameOf),
  );
  return objects.map((object) => {
    const kind = kindOf(object);
    if (kind === 'Namespace') return withField(object, ['metadata', 'name'], namespace);
    const bound = kind.endsWith('RoleBinding') ? withSubjects(object, namespace, accounts) : object;
    return CLUSTER_KINDS.has(kind) ? bound : withField(bound, ['metadata', 'namespace'], namespace);
  });
}

function withSubjects(
  object: KustomizeObject,
  namespace: string,
  accounts: ReadonlySet<string>,
): KustomizeObject {
  const subjects = listAt(object.value, 'subjects').map((subject) => {
    const name = textAt(subject, 'name') ?? '';
    const isOwn =
      textAt(subject, 'kind') === 'ServiceAccount' && (name === 'default' || accounts.has(name));
    return isOwn && isFields(subject) ? { ...subject, namespace } : subject;
  });
  return withField(object, ['subjects'], subjects);
}

export function withField(
  object: KustomizeObject,
  path: readonly string[],
  leaf: unknown,
): KustomizeObject {
  return { ...object, value: withValue(object.value, path, leaf) };
}

const UNPREFIXED = new Set(['Namespace', 'CustomResourceDefinition', 'APIService']);

/** Fields that name another object, by the field's name and the kinds it may mean. A field under
 *  `name` is recognised by the mapping that holds it. */
const REFERENCES: Record<string, readonly string[]> = {
  secretName: ['Secret'],
  serviceName: ['Service'],
  serviceAccountName: ['ServiceAccount'],
  serviceAccount: ['ServiceAccount'],
  claimName: ['PersistentVolumeClaim'],
};
const NAMED_REFERENCES: Record<string, readonly string[]> = {
  configMap: ['ConfigMap'],
  configMapRef: ['ConfigMap'],
  configMapKeyRef: ['ConfigMap'],
  secret: ['Secret'],
  secretRef: ['Secret'],
  secretKeyRef: ['Secret'],
  imagePullSecrets: ['Secret'],
  service: ['Service'],
  backendRefs: ['Service'],
  roleRef: ['Role', 'ClusterRole'],
  subjects: ['ServiceAccount'],
  scaleTargetRef: ['Deployment', 'StatefulSet', 'ReplicaSet'],
};

/** Renames every object, and the references that these objects hold to each other. */
export function renamed(
  objects: readonly KustomizeObject[],
  prefix: string,
  suffix: string,
): KustomizeObject[] {
  const names = new Set(objects.map((object) => `${kindOf(object)}/${nameOf(object)}`));
  const rename = (kinds: readonly string[], name: unknown): unknown =>
    typeof name === 'string' && kinds.some((kind) => names.has(`${kind}/${name}`))
      ? prefix + name + suffix
      : name;
  return objects.map((object) => {
    const value = withReferences(object.value, '', rename, 0);
    const plain = isFields(value) ? value : object.value;
    if (UNPREFIXED.has(kindOf(object))) return { ...object, value: plain };
    const name = prefix + nameOf(object) + suffix;
    return { ...object, value: withValue(plain, ['metadata', 'name'], name) };
  });
}

type Rename = (kinds: readonly string[], name: unknown) => unknown;
const MAX_DEPTH = 64;

function withReferences(value: unknown, holder: string, rename: Rename, depth: number): unknown {
  if (depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) {
    return mapItems(value, (item) => withReferences(item, holder, rename, depth + 1));
  }
  if (!isFields(value)) return value;
  const copy = copyOf(value);
  for (const [key, child] of Object.entries(value)) {
    const kinds = Object.hasOwn(REFERENCES, key) ? REFERENCES[key] : undefined;
    const named =
      key === 'name' && Object.hasOwn(NAMED_REFERENCES, holder)
        ? entryOf(NAMED_REFERENCES, holder)
        : undefined;
    const meant = kinds ?? named;
    copy[key] =
      meant && typeof child === 'string'
        ? rename(meant, child)
        : withReferences(child, key, rename, depth + 1);
  }
  return copy;
}

const TEMPLATE_PATHS: readonly (readonly string[])[] = [
  ['spec', 'template'],
  ['spec', 'jobTemplate', 'spec', 'template'],
];

/** Adds labels: to the object, and where asked to its selectors and pod templates. */
export function labelled(
  object: KustomizeObject,
  pairs: Fields,
  { selectors, templates }: { readonly selectors: boolean; readonly templates: boolean },
): KustomizeObject {
  const merge = (at: KustomizeObject, path: readonly string[]) =>
    withField(at, path, { ...fieldsAt(at.value, ...path), ...pairs });
  let result = merge(object, ['metadata', 'labels']);
  if (templates || selectors) {
    for (const path of TEMPLATE_PATHS) {
      if (isFields(pick(object.value, ...path)))
        result = merge(result, [...path, 'metadata', 'labels']);
    }
  }
  if (!selectors) return result;
  const kind = kindOf(object);
  if (kind === 'Service' && groupOf(object) === '') {
    return isFields(pick(object.value, 'spec', 'selector'))
      ? merge(result, ['spec', 'selector'])
      : result;
  }
  const selector = kind === 'NetworkPolicy' ? ['spec', 'podSelector'] : ['spec', 'selector'];
  const isWorkload = TEMPLATE_PATHS.some((path) => isFields(pick(object.value, ...path)));
  const hasSelector = isFields(pick(object.value, ...selector));
  const wants = kind === 'NetworkPolicy' || (isWorkload && hasSelector);
  return wants && hasSelector ? merge(result, [...selector, 'matchLabels']) : result;
}

export function annotated(object: KustomizeObject, pairs: Fields): KustomizeObject {
  const merge = (at: KustomizeObject, path: readonly string[]) =>
    withField(at, path, { ...fieldsAt(at.value, ...path), ...pairs });
  return TEMPLATE_PATHS.reduce(
    (result, path) =>
      isFields(pick(object.value, ...path))
        ? merge(result, [...path, 'metadata', 'annotations'])
        : result,
    merge(object, ['metadata', 'annotations']),
  );
}

/** Puts the new names of images in; tags and digests do not matter here. */
export function withImages(object: KustomizeObject, images: readonly unknown[]): KustomizeObject {
  const names = new Map(
    images.flatMap((image) => {
      const [name, newName] = [textAt(image, 'name'), textAt(image, 'newName')];
      return name !== undefined && newName !== undefined ? [[name, newName] as const] : [];
    }),
  );
  if (names.size === 0) return object;
  const value = withImageNames(object.value, names, 0);
  return isFields(value) ? { ...object, value } : object;
}

function withImageNames(
  value: unknown,
  names: ReadonlyMap<string, string>,
  depth: number,
): unknown {
  if (depth > MAX_DEPTH) return value;
  if (Array.isArray(value))
    return mapItems(value, (item) => withImageNames(item, names, depth + 1));
  if (!isFields(value)) return value;
  const copy = copyOf(value);
  for (const [key, child] of Object.entries(value)) {
    copy[key] =
      key === 'image' && typeof child === 'string'
        ? withImageName(child, names)
        : withImageNames(child, names, depth + 1);
  }
  return copy;
}

function withImageName(image: string, names: ReadonlyMap<string, string>): string {
  const [, name = image, rest = ''] = /^(.*?)((?::[^/:@]*)?(?:@.*)?)$/.exec(image) ?? [];
  return (names.get(name) ?? name) + rest;
}
