import type { Policy, PolicyService } from '../../model/index.ts';
import { sameData } from './same-data.ts';

/** Ids of the callees of which a bundle may say something else after a change of the policy: what is known or declared
 *  of them has changed, or who their callers are. Undefined: all of them, as guardrails have changed. */
export function changedCallees(before: Policy, after: Policy): ReadonlySet<string> | undefined {
  if (!sameData(before.guardrails, after.guardrails)) return undefined;
  const services = changedKeys(before.services, after.services, ({ id }) => id);
  const callers = withNamesakes(services, [before, after]);
  return new Set([
    ...services,
    ...changedKeys(before.endpoints, after.endpoints, ({ service }) => service),
    ...changedKeys(before.grants, after.grants, ({ to }) => to),
    ...[before, after].flatMap(({ grants }) =>
      callers.size === 0 ? [] : grants.flatMap(({ from, to }) => (callers.has(from) ? [to] : [])),
    ),
  ]);
}

/** What is known and declared of some callees, with all services: what those callees come to is the same. */
export function onlyOf(policy: Policy, callees: ReadonlySet<string>): Policy {
  return {
    ...policy,
    endpoints: policy.endpoints.filter(({ service }) => callees.has(service)),
    grants: policy.grants.filter(({ to }) => callees.has(to)),
  };
}

/** And those who have an identity in common with them: who an identity is hangs on all that have it. */
function withNamesakes(ids: ReadonlySet<string>, policies: readonly Policy[]): ReadonlySet<string> {
  if (ids.size === 0) return ids;
  const services = policies.flatMap((policy) => policy.services);
  const identities = new Set(
    services.flatMap((service) => (ids.has(service.id) ? service.identities : [])),
  );
  const hasOne = (service: PolicyService) => service.identities.some((one) => identities.has(one));
  return new Set([...ids, ...services.filter(hasOne).map(({ id }) => id)]);
}

/** Keys of which one list says something else than the other. What both begin and end with is passed over: most often
 *  that is nearly all. */
function changedKeys<Item>(
  before: readonly Item[],
  after: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlySet<string> {
  let start = 0;
  let end = 0;
  const shorter = Math.min(before.length, after.length);
  while (start < shorter && sameData(before[start], after[start])) start++;
  while (end < shorter - start && sameData(before.at(-1 - end), after.at(-1 - end))) end++;
  const [was, is] = [before, after].map((list) =>
    Map.groupBy(list.slice(start, list.length - end), keyOf),
  ) as [Map<string, Item[]>, Map<string, Item[]>];
  const keys = [...new Set([...was.keys(), ...is.keys()])];
  return new Set(keys.filter((key) => !sameData(was.get(key), is.get(key))));
}
