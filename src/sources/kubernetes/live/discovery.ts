import { isFields, listAt, pick, textAt } from '../../../base/pick.ts';
import type { ClusterApi } from './api.ts';
import { ApiFault } from './api-fault.ts';
import type { Kinds } from './kinds.ts';

/** A kind of object as this cluster serves it. */
export interface ApiResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** `networkpolicies` */
  readonly plural: string;
  readonly namespaced: boolean;
  readonly metadataOnly: boolean;
}

/** What is there of the wanted kinds. */
export interface Discovered {
  readonly resources: readonly ApiResource[];
  /** Groups of which nothing could be told this time. */
  readonly unknown: ReadonlySet<string>;
}

/** Versions of a group that are looked through. */
const MAX_VERSIONS = 10;
/** A name as it stands in a path. */
const SEGMENT = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** Asks a cluster which of the wanted kinds it serves, each in the version that the cluster prefers.
 *  @throws {ApiFault} where it does not even say which groups it has
 *  @see Kubernetes, "The Kubernetes API: unaggregated discovery" */
export async function discover(
  api: ClusterApi,
  wanted: readonly Kinds[],
  signal?: AbortSignal,
): Promise<Discovered> {
  const versions = versionsByGroup(await api.json({ path: '/apis', signal }));
  const resources: ApiResource[] = [];
  const unknown = new Set<string>();
  for (const [group, kinds] of Map.groupBy(wanted, (one) => one.group)) {
    try {
      const served = group === '' ? ['v1'] : (versions.get(group) ?? []);
      resources.push(...(await resourcesOf(api, group, kinds, served, signal)));
    } catch (thrown) {
      if (!(thrown instanceof ApiFault)) throw thrown;
      unknown.add(group);
    }
  }
  return { resources, unknown };
}

/** The preferred version first. */
function versionsByGroup(answer: unknown): ReadonlyMap<string, readonly string[]> {
  if (!Array.isArray(pick(answer, 'groups'))) {
    throw new ApiFault('malformed', 'GET /apis was answered with what is no list of groups');
  }
  return new Map(
    listAt(answer, 'groups').map((group) => {
      const all = listAt(group, 'versions').map((one) => textAt(one, 'version') ?? '');
      const preferred = textAt(group, 'preferredVersion', 'version') ?? '';
      const versions = new Set([preferred, ...all].filter((one) => SEGMENT.test(one)));
      return [textAt(group, 'name') ?? '', [...versions].slice(0, MAX_VERSIONS)];
    }),
  );
}

async function resourcesOf(
  api: ClusterApi,
  group: string,
  wanted: readonly Kinds[],
  versions: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly ApiResource[]> {
  const found = new Map<string, ApiResource>();
  const missing = new Map(wanted.flatMap((one) => one.kinds.map((kind) => [kind, one] as const)));
  for (const version of versions) {
    if (missing.size === 0) break;
    const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    for (const served of listAt(await api.json({ path, signal }), 'resources')) {
      const resource = toResource(served, group, version, missing);
      if (!resource) continue;
      found.set(resource.kind, resource);
      missing.delete(resource.kind);
    }
  }
  return [...found.values()];
}

/** Undefined for what is not wanted, for parts of objects (`pods/log`) and what cannot be followed. */
function toResource(
  served: unknown,
  group: string,
  version: string,
  wanted: ReadonlyMap<string, Kinds>,
): ApiResource | undefined {
  if (!isFields(served)) return undefined;
  const kind = textAt(served, 'kind') ?? '';
  const plural = textAt(served, 'name') ?? '';
  const want = wanted.get(kind);
  const verbs = listAt(served, 'verbs');
  if (!want || !SEGMENT.test(plural) || !verbs.includes('list') || !verbs.includes('watch')) {
    return undefined;
  }
  const namespaced = pick(served, 'namespaced') === true;
  return { group, version, kind, plural, namespaced, metadataOnly: want.metadataOnly === true };
}

/** `peerauthentications.security.istio.io`, as RBAC and kubectl name it. */
export function resourceName({ group, plural }: Pick<ApiResource, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}
