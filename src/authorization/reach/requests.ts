import { type IpRange, parseIpRange } from '../../base/ip-range.ts';
import type { Permission } from '../../estate/index.ts';
import type { Endpoint, RangeEndpoint, WorkloadEndpoint } from './endpoints.ts';
import type { ReachReason, ServicePermissions } from './model.ts';

/** What meshes let through of the requests of one pair. */
export interface RequestVerdict {
  /** Null: every request; none: no request, and so no connection by TCP. */
  readonly http: readonly string[] | null;
  readonly reasons: readonly ReachReason[];
}

const UNRESTRICTED: RequestVerdict = { http: null, reasons: [] };

/** Judges the request layer: what `Permission`s of a callee's service say about a caller. Each mesh allows what one of
 *  its permissions allows, where it has any, and denies what one of them denies; all meshes must let a request
 *  through. */
export class Requests {
  readonly #services: ReadonlyMap<string, readonly (readonly Permission[])[]>;
  readonly #verdicts = new Map<string, RequestVerdict>();

  constructor(permissions: readonly ServicePermissions[]) {
    this.#services = new Map(
      permissions.flatMap(({ namespace, name, permissions: all }) => {
        const meshes = [...Map.groupBy(all, ({ source }) => source.reader).values()];
        const restricting = meshes.filter((mesh) => mesh.some(({ layer }) => layer === 'request'));
        return restricting.length > 0 ? [[`${namespace}/${name}`, restricting] as const] : [];
      }),
    );
  }

  verdict(from: Endpoint, to: Endpoint): RequestVerdict {
    if (to.type !== 'workload') return UNRESTRICTED;
    const service = serviceOf(to);
    const meshes = this.#services.get(service);
    if (!meshes) return UNRESTRICTED;
    const key = `${service} ${from.type === 'workload' ? serviceOf(from) : from.peer.name}`;
    let verdict = this.#verdicts.get(key);
    if (!verdict) {
      verdict = meshes.map((mesh) => judgeMesh(mesh, from)).reduce(both, UNRESTRICTED);
      this.#verdicts.set(key, verdict);
    }
    return verdict;
  }
}

function judgeMesh(mesh: readonly Permission[], from: Endpoint): RequestVerdict {
  const about = mesh.filter((permission) => permission.from.some((who) => isMeant(who, from)));
  const denials = about.filter((one) => one.effect === 'deny' && one.layer === 'request');
  const grants = about.filter((one) => one.effect === 'allow');
  const reasons = [...denials, ...grants].filter(isOfRequests).map(toReason);
  const isClosed = denials.some(({ operations }) => operations.includes('*'));
  if (isClosed) return { http: [], reasons };
  const hasGrants = mesh.some(({ effect }) => effect === 'allow');
  // A rule of Cilium that names no requests lets all of them through, so it is a grant of everything.
  const isOpen =
    !hasGrants || grants.some((one) => one.layer === 'network' || one.operations.includes('*'));
  if (isOpen) return { http: denials.length === 0 ? null : ['*'], reasons };
  const http = [...new Set(grants.flatMap(({ operations }) => operations))].sort();
  return { http, reasons: http.length > 0 ? reasons : [...reasons, ...withoutGrant(mesh)] };
}

function isOfRequests({ layer }: Permission): boolean {
  return layer === 'request';
}

/** Patterns of two languages cannot be overlaid, so only those that are the same text remain; where there are none, all
 *  of them are told, which is more than is let through and never less. */
function both(a: RequestVerdict, b: RequestVerdict): RequestVerdict {
  const reasons = [...a.reasons, ...b.reasons];
  if (a.http === null || b.http === null) return { http: a.http ?? b.http, reasons };
  if (a.http.length === 0 || b.http.length === 0) return { http: [], reasons };
  if (a.http.includes('*') || b.http.includes('*'))
    return { http: a.http.includes('*') ? b.http : a.http, reasons };
  const other = new Set(b.http);
  const common = a.http.filter((pattern) => other.has(pattern));
  return { http: common.length > 0 ? common : a.http, reasons };
}

function toReason({ effect, policy, operations, source }: Permission): ReachReason {
  const what = operations.includes('*') ? 'every request' : operations.slice(0, 5).join(', ');
  const more = operations.length > 5 ? ` and ${operations.length - 5} more` : '';
  const verb = effect === 'allow' ? 'allows' : 'denies';
  return {
    side: 'request',
    effect,
    policy: titleOf(policy),
    message: `${verb} ${what}${more}`,
    source,
  };
}

/** The permissions that end the state in which everyone is let in, without letting this caller in. */
function withoutGrant(mesh: readonly Permission[]): readonly ReachReason[] {
  const titles = new Map(
    mesh.filter(({ effect }) => effect === 'allow').map((one) => [one.policy, one]),
  );
  return [...titles.values()].map(({ policy, source }) => ({
    side: 'request',
    effect: 'deny',
    policy: titleOf(policy),
    message: 'applies to the callee, and does not allow the caller',
    source,
  }));
}

function titleOf(policy: string): string | null {
  return policy === 'default' ? null : policy;
}

/** Words for callers, besides services, namespaces and blocks. Everyone with an identity, or with a token, may be any
 *  pod: what proves it is not known here. */
const WORDS: Record<string, readonly Endpoint['type'][]> = {
  '*': ['workload', 'source', 'controller'],
  '*authenticated': ['workload', 'controller'],
  '*token': ['workload', 'source', 'controller'],
  cluster: ['workload', 'controller'],
  world: ['source'],
};

function isMeant(who: string, from: Endpoint): boolean {
  if (Object.hasOwn(WORDS, who)) return WORDS[who]?.includes(from.type) ?? false;
  if (from.type === 'source') return isInRange(who, from);
  if (from.type !== 'workload') return false;
  const [name = '', namespace] = who.split('/').reverse();
  return (
    (namespace === undefined || namespace === from.workload.namespace) &&
    ((name === '*' && namespace !== undefined) || name === from.workload.service)
  );
}

function isInRange(who: string, { range }: RangeEndpoint): boolean {
  const block: IpRange | undefined = parseIpRange(who);
  // Ranges are split at blocks of the network layer only, so one that lies partly in a block counts whole.
  return (
    block !== undefined &&
    block.family === range.family &&
    block.first <= range.last &&
    range.first <= block.last
  );
}

function serviceOf({ workload }: WorkloadEndpoint): string {
  return `${workload.namespace}/${workload.service}`;
}
