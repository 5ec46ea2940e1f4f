import { compareText } from '../../../base/diagnostic.ts';
import type { Account } from '../accounts.ts';
import type { PodGroup } from '../callees.ts';
import { labelSelector, type Manifest, metadataOf } from '../manifests.ts';
import type { RouteMatch } from './routes.ts';

const GROUP = 'policy.linkerd.io';

/** One port of a callee's pods. */
export interface ServerPlan {
  readonly name: string;
  readonly namespace: string;
  readonly selector: PodGroup['selector'];
  readonly port: number;
}

/** A Server: the port is Linkerd's to guard, and everybody is kept out unless `spec` says otherwise. */
export function serverManifest(
  { name, namespace, selector, port }: ServerPlan,
  spec: Readonly<Record<string, string>>,
): Manifest {
  return {
    apiVersion: `${GROUP}/v1beta3`,
    kind: 'Server',
    metadata: metadataOf(namespace, name),
    spec: { podSelector: labelSelector(selector), port, ...spec },
  };
}

/** Of a rule, and of a route.
 *  @see https://linkerd.io/2/reference/httproute/ */
const MAX_MATCHES = 8;
const MAX_RULES = 16;
/** Of a route. */
export const MAX_SERVERS = 32;

/** HTTPRoutes of these matches, as many as it takes, by name. */
export function routeManifests(
  name: string,
  servers: readonly ServerPlan[],
  matches: readonly RouteMatch[],
): Manifest[] {
  const rules = chunksOf(matches, MAX_MATCHES).map((some) => ({ matches: some }));
  return chunksOf(rules, MAX_RULES).map((some, at) => ({
    apiVersion: `${GROUP}/v1beta3`,
    kind: 'HTTPRoute',
    metadata: metadataOf(servers[0]?.namespace ?? '', at === 0 ? name : `${name}.${at + 1}`),
    spec: {
      parentRefs: servers.map((one) => ({
        group: GROUP,
        kind: 'Server',
        name: one.name,
      })),
      rules: some,
    },
  }));
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}

/** Lets accounts through a Server or an HTTPRoute: the policy, and who they are under the name `clients`. */
export function authorization(
  { kind, metadata }: Pick<Manifest, 'kind' | 'metadata'>,
  clients: string,
): Manifest {
  return {
    apiVersion: `${GROUP}/v1alpha1`,
    kind: 'AuthorizationPolicy',
    metadata,
    spec: {
      targetRef: { group: GROUP, kind, name: metadata.name },
      requiredAuthenticationRefs: [{ group: GROUP, kind: 'MeshTLSAuthentication', name: clients }],
    },
  };
}

/** Whoever proves one of these accounts. */
export function authentication(
  namespace: string,
  name: string,
  accounts: readonly Account[],
): Manifest {
  const distinct = new Map(accounts.map((one) => [`${one.namespace}/${one.name}`, one]));
  const sorted = [...distinct].sort(([a], [b]) => compareText(a, b));
  return {
    apiVersion: `${GROUP}/v1alpha1`,
    kind: 'MeshTLSAuthentication',
    metadata: metadataOf(namespace, name),
    spec: {
      identityRefs: sorted.map(([, account]) => ({ kind: 'ServiceAccount', ...account })),
    },
  };
}
