import { groupByNumber, IntList } from './int-list.ts';
import type { Principal } from './principals.ts';
import type { Grants } from './tables.ts';

/** Who has declared calls of whom: pairs of a principal and a callee, by number, those of one principal side by side. */
export interface Relations {
  /** The relations of a principal are `firstOf[principal]` to `firstOf[principal + 1]`, by callee. */
  readonly firstOf: Int32Array;
  readonly callees: Int32Array;
  readonly principals: Int32Array;
  /** The grants of a relation are `firstGrant[relation]` to `firstGrant[relation + 1]`: the wide ones, then by key. */
  readonly firstGrant: Int32Array;
  readonly grants: Int32Array;
  /** Beside `grants`: the key of each; -1: it is wide. */
  readonly keys: Int32Array;
}

export interface GrantEnds {
  /** Numbers of services; -1: there is none. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly grants: Grants;
}

export function toRelations(
  principals: readonly Principal[],
  services: number,
  { from, to, grants: { keys, operations } }: GrantEnds,
): Relations {
  const byCaller = groupByNumber(from, services);
  const [firstOf, callees, ofPrincipal] = [new IntList(), new IntList(), new IntList()];
  const [firstGrant, grants, ofGrants] = [new IntList(), new IntList(), new IntList()];
  principals.forEach((principal, number) => {
    firstOf.push(callees.length);
    const own = principal.services.flatMap((service) => [...byCaller.of(service)]);
    const calleeOf = (grant: number): number => to[grant] ?? -1;
    const keyOf = (grant: number): number => keys[grant] ?? -1;
    own.sort((a, b) => calleeOf(a) - calleeOf(b) || keyOf(a) - keyOf(b) || a - b);
    let last = -1;
    for (const grant of own) {
      const callee = calleeOf(grant);
      if (callee === -1) continue;
      if (callee !== last) {
        callees.push(callee);
        ofPrincipal.push(number);
        firstGrant.push(grants.length);
        last = callee;
      }
      if (operations[grant] === undefined) continue;
      grants.push(grant);
      ofGrants.push(keyOf(grant));
    }
  });
  firstOf.push(callees.length);
  firstGrant.push(grants.length);
  return {
    firstOf: firstOf.toArray(),
    callees: callees.toArray(),
    principals: ofPrincipal.toArray(),
    firstGrant: firstGrant.toArray(),
    grants: grants.toArray(),
    keys: ofGrants.toArray(),
  };
}

/** The relation of a principal to a callee; -1: none of its services has declared a call. */
export function relationOf(
  { firstOf, callees }: Relations,
  principal: number,
  callee: number,
): number {
  let low = firstOf[principal] ?? 0;
  let high = (firstOf[principal + 1] ?? 0) - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const other = callees[middle] ?? 0;
    if (other === callee) return middle;
    if (other < callee) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
