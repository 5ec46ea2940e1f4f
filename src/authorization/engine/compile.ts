import { compareText } from '../../base/diagnostic.ts';
import type { Policy } from '../model/index.ts';
import { isWide, type OperationPattern } from '../operations/index.ts';
import { namedKey } from './callee-builder.ts';
import { Callees } from './callees.ts';
import { groupByNumber } from './int-list.ts';
import { Methods } from './methods.ts';
import type { OperationCache } from './operation-cache.ts';
import { toPrincipals, toPrincipalTable } from './principals.ts';
import { toRelations } from './relations.ts';
import { StringTable } from './string-table.ts';
import type { Grants, Tables } from './tables.ts';

/** Numbers everything of a policy. Of several services with one id, the last counts. */
export function compile(policy: Policy, cache: OperationCache): Tables {
  const services = [...new Map(policy.services.map((one) => [one.id, one])).values()].sort((a, b) =>
    compareText(a.id, b.id),
  );
  const serviceOf = new StringTable(services.map(({ id }) => id));
  const principals = toPrincipals(services);
  const grants = toGrants(policy, cache);
  const from = numbersOf(policy.grants, ({ from }) => from, serviceOf);
  const to = numbersOf(policy.grants, ({ to }) => to, serviceOf);
  const endpoints = numbersOf(policy.endpoints, ({ service }) => service, serviceOf);
  const methods = new Methods();
  for (const operation of grants.operations) {
    if (operation?.kind === 'http') methods.add(operation.method);
  }
  return {
    services,
    serviceOf,
    principals,
    principalOf: toPrincipalTable(principals),
    methods,
    grants,
    relations: toRelations(principals, services.length, { from, to, grants }),
    callees: new Callees({
      endpoints: policy.endpoints,
      grants,
      endpointsOf: groupByNumber(endpoints, services.length),
      grantsTo: groupByNumber(to, services.length),
      methods,
      cache,
    }),
  };
}

/** What stands side by side is most often of one service. */
function numbersOf<Item>(
  items: readonly Item[],
  idOf: (item: Item) => string,
  serviceOf: StringTable,
): Int32Array {
  let [last, number] = ['', serviceOf.numberOf('')];
  return Int32Array.from(items, (item) => {
    const id = idOf(item);
    if (id !== last) [last, number] = [id, serviceOf.numberOf(id)];
    return number;
  });
}

function toGrants({ grants: all }: Policy, cache: OperationCache): Grants {
  const operations = all.map(({ operation }) => cache.ofGrant(operation));
  const keyOf = oncePerOperation();
  return { all, operations, keys: Int32Array.from(operations, (one) => (one ? keyOf(one) : -1)) };
}

/** Numbers what narrow operations cover. */
function oncePerOperation(): (operation: OperationPattern) => number {
  const ofOperations = new Map<OperationPattern, number>();
  const ofTexts = new Map<string, number>();
  return (operation) => {
    const known = ofOperations.get(operation);
    if (known !== undefined) return known;
    const text = coveredBy(operation);
    const key = text === undefined ? -1 : (ofTexts.get(text) ?? ofTexts.size);
    if (text !== undefined) ofTexts.set(text, key);
    ofOperations.set(operation, key);
    return key;
  };
}

function coveredBy(operation: OperationPattern): string | undefined {
  if (isWide(operation) || operation.kind === 'every') return undefined;
  if (operation.kind === 'http') return `${operation.method} ${operation.path.shape}`;
  return namedKey(operation.protocol, operation.method, operation.name);
}
