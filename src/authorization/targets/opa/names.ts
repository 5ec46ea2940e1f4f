import type { PolicyService } from '../../model/index.ts';

/** Who is meant by the names that enforcement points have for a callee: its id, `namespace/name`, `name`, or a SPIFFE ID,
 *  as long as one service alone has it. Ids come before all else. */
export function serviceNames(
  services: readonly Pick<PolicyService, 'id' | 'namespace' | 'name' | 'identities'>[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string | undefined>();
  for (const { id, namespace, name, identities } of services) {
    for (const alias of [`${namespace}/${name}`, name, ...identities]) {
      const known = names.get(alias);
      names.set(alias, names.has(alias) && known !== id ? undefined : id);
    }
  }
  for (const { id } of services) names.set(id, id);
  return new Map([...names].flatMap(([name, id]) => (id === undefined ? [] : [[name, id]])));
}
