import { isFields, textAt, textsAt } from '../../base/pick.ts';
import { serviceKey } from '../mesh/principals.ts';
import type { KumaFacts } from './facts.ts';
import { hasTags, selects } from './target.ts';

/** Who a `from[].targetRef` means, as the `from` of a permission. Callers of the mesh always have an
 *  identity.
 *  @see https://kuma.io/docs/latest/policies/meshtrafficpermission/ */
export function callersOfRef(ref: unknown, facts: KumaFacts): readonly string[] {
  const kind = textAt(ref, 'kind') ?? 'Mesh';
  if (kind === 'Mesh') return ['*authenticated'];
  const tags = textsAt(ref, 'tags');
  if (kind === 'MeshSubset') return callersWithTags(tags, facts);
  const services = facts.workloads.filter((workload) => selects(ref, workload, facts));
  const name = textAt(ref, 'name') ?? kind;
  return services.length > 0 ? keysOf(services) : [toServiceKey(name)];
}

/** Who has these tags; a namespace alone stays one. */
export function callersWithTags(
  tags: Readonly<Record<string, string>>,
  facts: KumaFacts,
): readonly string[] {
  const entries = Object.entries(tags).filter(([, value]) => value !== '*');
  const [first] = entries;
  if (!first) return ['*authenticated'];
  if (entries.length === 1 && first[0] === 'k8s.kuma.io/namespace') return [`${first[1]}/*`];
  const workloads = facts.workloads.filter((workload) => hasTags(tags, workload, facts));
  if (workloads.length > 0) return keysOf(workloads);
  const service = tags['kuma.io/service'];
  return [
    service === undefined
      ? entries.map(([key, value]) => `${key}=${value}`).join(',')
      : toServiceKey(service),
  ];
}

function keysOf(workloads: KumaFacts['workloads']): string[] {
  return [...new Set(workloads.map(serviceKey))].sort();
}

/** `web_shop_svc_80` as `shop/web`. */
function toServiceKey(name: string): string {
  return name.replace(/^(.+?)_(.+?)_svc(?:_\d+)?$/, '$2/$1');
}

const SPIFFE = /^spiffe:\/\/[^/]*(.*)$/;

/** Who a matcher of `rules[].default` means: a SPIFFE ID, exact or by prefix. One that asks for
 *  something else as well (an SNI) is taken to mean whoever its SPIFFE ID does.
 *  @see https://developer.konghq.com/mesh/policies/meshtrafficpermission_experimental/ */
export function callersOfMatcher(matcher: unknown, facts: KumaFacts): readonly string[] {
  const value = textAt(matcher, 'spiffeID', 'value');
  if (!isFields(matcher) || value === undefined) return ['*authenticated'];
  const path = SPIFFE.exec(value)?.[1] ?? '';
  const isPrefix = textAt(matcher, 'spiffeID', 'type') === 'Prefix';
  if (isPrefix && /^\/?(?:ns\/?)?$/.test(path)) return ['*authenticated'];
  const namespace = /^\/ns\/([^/]+)\/?(?:sa\/?)?$/.exec(path)?.[1];
  if (isPrefix && namespace !== undefined) return [`${namespace}/*`];
  const services = facts.principals.servicesWhere((principal) => {
    const id = `/ns/${principal.namespace}/sa/${principal.serviceAccount}`;
    return isPrefix ? id.startsWith(path) : id === path;
  });
  return services.length > 0 ? services : [value];
}
