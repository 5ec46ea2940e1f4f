import { isFields, pick, textAt, textsAt } from '../../base/pick.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { namespaceOf, type Workload } from '../kubernetes/workload.ts';
import { type KumaFacts, meshNameOf, meshNameOfPolicy, SYSTEM_NAMESPACES } from './facts.ts';

/** Whether a policy is for a workload: of its mesh, of its own namespace or the system's, and with a
 *  target that selects it. */
export function isPolicyFor(policy: Resource, workload: Workload, facts: KumaFacts): boolean {
  if (meshNameOfPolicy(policy) !== meshNameOf(workload)) return false;
  const isEverywhere =
    policy.namespace === undefined || SYSTEM_NAMESPACES.includes(policy.namespace);
  if (!isEverywhere && policy.namespace !== namespaceOf(workload)) return false;
  return selects(pick(policy.value, 'spec', 'targetRef'), workload, facts);
}

/** Whether a targetRef selects a workload. An absent one selects every workload.
 *  @see https://kuma.io/docs/latest/policies/introduction/ */
export function selects(ref: unknown, workload: Workload, facts: KumaFacts): boolean {
  if (!isFields(ref)) return ref === undefined;
  const name = textAt(ref, 'name');
  const kind = textAt(ref, 'kind');
  switch (kind) {
    case 'Mesh':
      return true;
    case 'MeshSubset':
      return hasTags(textsAt(ref, 'tags'), workload, facts);
    case 'MeshService':
      return name !== undefined && isService(name, textAt(ref, 'namespace'), workload, facts);
    case 'MeshServiceSubset':
      return (
        name !== undefined &&
        isService(name, textAt(ref, 'namespace'), workload, facts) &&
        hasTags(textsAt(ref, 'tags'), workload, facts)
      );
    case 'Dataplane':
      if (name !== undefined) return workload.resource.name === name;
      return hasTags(textsAt(ref, 'labels'), workload, facts);
    default:
      return false;
  }
}

/** Whether a workload's proxy has all these tags, `*` being any value. */
export function hasTags(
  tags: Readonly<Record<string, string>>,
  workload: Workload,
  facts: KumaFacts,
): boolean {
  return Object.entries(tags).every(([key, value]) => {
    if (value === '*') return true;
    if (key === 'kuma.io/service') return isService(value, undefined, workload, facts);
    return facts.proxies.get(workload)?.tags[key] === value;
  });
}

/** A service goes by its Service's name, or by the older `NAME_NAMESPACE_svc_PORT`. */
const OLD_NAME = /^(.+?)_(.+?)_svc(?:_\d+)?$/;

function isService(
  text: string,
  namespace: string | undefined,
  workload: Workload,
  { proxies }: KumaFacts,
): boolean {
  const old = OLD_NAME.exec(text);
  const wanted = old?.[2] ?? namespace;
  if (wanted !== undefined && wanted !== namespaceOf(workload)) return false;
  return proxies.get(workload)?.services.has(old?.[1] ?? text) ?? false;
}

/** How narrowly a policy speaks of a workload; the narrower one counts. */
export function narrowness(policy: Resource): number {
  const ref = pick(policy.value, 'spec', 'targetRef');
  const byName = textAt(ref, 'name') === undefined ? 0 : 2;
  const byLabel = isFields(ref) && (isFields(ref.labels) || isFields(ref.tags)) ? 1 : 0;
  return Math.max(byName, byLabel);
}
