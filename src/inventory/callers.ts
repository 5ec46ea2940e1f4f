import type { CallRecord } from '../estate/index.ts';
import { groupBy } from './group-by.ts';
import { meansOperation, shapeOf } from './shape.ts';
import type { Spellings } from './spellings.ts';

interface Spelling {
  readonly group: Spellings;
  readonly method: string;
  readonly template: string;
}

/** The calls of one service that name an operation, by the endpoint that they mean. A call means the
 *  endpoints of its very shape; only where there is none, those that its path can stand for
 *  (`GET /orders/17` for `GET /orders/{id}`). */
export function callsByEndpoint(
  groups: readonly Spellings[],
  calls: readonly CallRecord[],
): ReadonlyMap<Spellings, readonly CallRecord[]> {
  const meant = new Map<Spellings, CallRecord[]>();
  const named = groupBy(
    calls.filter(({ operation }) => operation !== '*'),
    ({ operation }) => operation,
  );
  if (named.size === 0) return meant;
  const spellings = groups.flatMap((group) =>
    group.map(({ method, template }) => ({ group, method, template })),
  );
  const byShape = groupBy(spellings, ({ template }) => shapeOf(rooted(template)));
  const byLength = groupBy(spellings, ({ template }) => segmentCount(rooted(template)));
  for (const [operation, some] of named) {
    const path = pathOf(operation);
    const exact = (byShape.get(shapeOf(path)) ?? []).filter((one) => takes(one, operation));
    const found =
      exact.length > 0
        ? exact
        : (byLength.get(segmentCount(path)) ?? []).filter(({ method, template }) =>
            meansOperation(operation, method, template),
          );
    for (const group of new Set(found.map((one) => one.group))) {
      const known = meant.get(group);
      if (known) for (const call of some) known.push(call);
      else meant.set(group, [...some]);
    }
  }
  return meant;
}

/** Whether the method of an operation, where it names one, is an endpoint's. */
function takes({ method }: Spelling, operation: string): boolean {
  const space = operation.indexOf(' ');
  if (space < 0 || method === 'ANY') return true;
  return operation.slice(0, space).toUpperCase() === method.toUpperCase();
}

function pathOf(operation: string): string {
  return rooted(operation.slice(operation.indexOf(' ') + 1));
}

function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

function segmentCount(path: string): number {
  return path.split('/').length;
}
