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
const MAX_DISCOVERY_BYTES = 32 * 1_048_576;
/** All groups with their kinds in one answer, since Kubernetes 1.30; others answer with the list of groups. */
const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/** Which of the wanted kinds a cluster serves, each in the version that it prefers. Asking again costs little
 *  where nothing has changed.
 *  @see Kubernetes, "The Kubernetes API: discovery API" */
export class Discovery {
  readonly #api: ClusterApi;
  readonly #wanted: ReadonlyMap<string, readonly Kinds[]>;
  #known: { readonly mark: string; readonly discovered: Discovered } | undefined;

  constructor(api: ClusterApi, wanted: readonly Kinds[]) {
    this.#api = api;
    this.#wanted = Map.groupBy(wanted, (one) => one.group);
  }

  /** @throws {ApiFault} where the cluster does not even say which groups it has */
  async discover(signal?: AbortSignal): Promise<Discovered> {
    const answer = await this.#api.jsonUnless(this.#known?.mark, {
      path: '/apis',
      accept: AGGREGATED,
      signal,
      maxBytes: MAX_DISCOVERY_BYTES,
    });
    if (answer === undefined && this.#known) return this.#known.discovered;
    const isAggregated = textAt(answer?.value, 'kind') === 'APIGroupDiscoveryList';
    const groups = isAggregated ? aggregated(answer?.value) : listed(answer?.value);
    const discovered = await this.#resources(groups, signal);
    const { mark } = answer ?? {};
    // A list of groups does not change with the kinds in them.
    const isKept = isAggregated && mark !== undefined && discovered.unknown.size === 0;
    this.#known = isKept ? { mark, discovered } : undefined;
    return discovered;
  }

  async #resources(groups: Groups, signal: AbortSignal | undefined): Promise<Discovered> {
    const resources: ApiResource[] = [];
    const unknown = new Set<string>();
    for (const [group, wanted] of this.#wanted) {
      try {
        const versions = group === '' ? [{ name: 'v1' }] : (groups.get(group) ?? []);
        resources.push(...(await this.#resourcesOf(group, wanted, versions, signal)));
      } catch (thrown) {
        if (!(thrown instanceof ApiFault)) throw thrown;
        unknown.add(group);
      }
    }
    return { resources, unknown };
  }

  async #resourcesOf(
    group: string,
    wanted: readonly Kinds[],
    versions: readonly Version[],
    signal: AbortSignal | undefined,
  ): Promise<readonly ApiResource[]> {
    const found = new Map<string, ApiResource>();
    const missing = new Map(wanted.flatMap((one) => one.kinds.map((kind) => [kind, one] as const)));
    for (const { name: version, isStale, resources } of versions) {
      if (missing.size === 0) break;
      if (isStale) throw new ApiFault('unavailable', `${group}/${version} is not served now`);
      const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
      const served = resources ?? namedIn(await this.#api.json({ path, signal }));
      for (const one of served) {
        const resource = toResource(one, group, version, missing);
        if (!resource) continue;
        found.set(resource.kind, resource);
        missing.delete(resource.kind);
      }
    }
    return [...found.values()];
  }
}

interface Version {
  readonly name: string;
  /** Whoever serves it is away, and the answer is what it said before. */
  readonly isStale?: boolean;
  /** Absent: to be asked for. */
  readonly resources?: readonly NamedResource[];
}

interface NamedResource {
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly unknown[];
}

/** Versions by group, the preferred one first. */
type Groups = ReadonlyMap<string, readonly Version[]>;

function aggregated(answer: unknown): Groups {
  return new Map(
    listAt(answer, 'items').map((group) => {
      const versions = listAt(group, 'versions').slice(0, MAX_VERSIONS);
      return [
        textAt(group, 'metadata', 'name') ?? '',
        versions.flatMap((version) => {
          const name = textAt(version, 'version') ?? '';
          const isStale = textAt(version, 'freshness') === 'Stale';
          const resources = listAt(version, 'resources').map((one) => ({
            kind: textAt(one, 'responseKind', 'kind') ?? '',
            plural: textAt(one, 'resource') ?? '',
            namespaced: textAt(one, 'scope') === 'Namespaced',
            verbs: listAt(one, 'verbs'),
          }));
          return SEGMENT.test(name) ? [{ name, isStale, resources }] : [];
        }),
      ];
    }),
  );
}

function listed(answer: unknown): Groups {
  if (!Array.isArray(pick(answer, 'groups'))) {
    throw new ApiFault('malformed', 'GET /apis was answered with what is no list of groups');
  }
  return new Map(
    listAt(answer, 'groups').map((group) => {
      const all = listAt(group, 'versions').map((one) => textAt(one, 'version') ?? '');
      const preferred = textAt(group, 'preferredVersion', 'version') ?? '';
      const names = [...new Set([preferred, ...all])].filter((one) => SEGMENT.test(one));
      const versions = names.slice(0, MAX_VERSIONS).map((name) => ({ name }));
      return [textAt(group, 'name') ?? '', versions];
    }),
  );
}

function namedIn(answer: unknown): NamedResource[] {
  return listAt(answer, 'resources')
    .filter(isFields)
    .map((one) => ({
      kind: textAt(one, 'kind') ?? '',
      plural: textAt(one, 'name') ?? '',
      namespaced: pick(one, 'namespaced') === true,
      verbs: listAt(one, 'verbs'),
    }));
}

/** Undefined for what is not wanted, for parts of objects (`pods/log`) and what cannot be followed. */
function toResource(
  { kind, plural, namespaced, verbs }: NamedResource,
  group: string,
  version: string,
  wanted: ReadonlyMap<string, Kinds>,
): ApiResource | undefined {
  const want = wanted.get(kind);
  if (!want || !SEGMENT.test(plural) || !verbs.includes('list') || !verbs.includes('watch')) {
    return undefined;
  }
  return { group, version, kind, plural, namespaced, metadataOnly: want.metadataOnly === true };
}

/** `peerauthentications.security.istio.io`, as RBAC and kubectl name it. */
export function resourceName({ group, plural }: Pick<ApiResource, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}
