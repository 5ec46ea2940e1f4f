import { comparePlaces } from '../../base/diagnostic.ts';
import type { Location } from '../../estate/index.ts';
import type { CalleeRules, CallerRules, OperationRule } from '../model/index.ts';
import { type Coverage, wildcardOf } from './covers.ts';
import type { DeclaredReach, Operation, Reached, ReachedPair, State } from './model.ts';
import { operationsByService } from './operations.ts';

/** What each service may ask of each other, operation by operation, as declarations, blocked endpoints and guardrails
 *  come to together. Operations that either state knows are looked at, and the wildcards of both, so that the two can
 *  be compared: what a wildcard covered before an endpoint came is not new. */
export function declaredReach(
  rules: readonly CalleeRules[],
  universe: ReadonlyMap<string, readonly Operation[]>,
  coverage: Coverage,
): DeclaredReach {
  const reach = new Map<string, ReachedPair>();
  for (const { service: callee, callers } of rules) {
    const operations = universe.get(callee.id) ?? [];
    for (const rulesOfCaller of callers) {
      const reached = reachedBy(rulesOfCaller, operations, coverage);
      if (reached.size === 0) continue;
      for (const caller of rulesOfCaller.services) {
        reach.set(pairKey(caller.id, callee.id), { caller, callee, operations: reached });
      }
    }
  }
  return reach;
}

export function pairKey(caller: string, callee: string): string {
  return `${caller} ${callee}`;
}

/** Every operation that either state knows of, by service. */
export function universeOf(
  base: State,
  head: State,
  rules: Iterable<CalleeRules>,
): Map<string, Operation[]> {
  const universe = operationsByService(head.policy);
  for (const [service, operations] of operationsByService(base.policy)) {
    addNew(universe, service, operations);
  }
  for (const { service, callers } of rules) {
    const wildcards = callers.flatMap(({ allowed }) =>
      allowed.flatMap((rule) => wildcardOf(rule) ?? []),
    );
    addNew(universe, service.id, wildcards);
  }
  return universe;
}

function addNew(
  universe: Map<string, Operation[]>,
  service: string,
  operations: readonly Operation[],
): void {
  if (operations.length === 0) return;
  const known = universe.get(service) ?? [];
  const texts = new Set(known.map(({ text }) => text));
  for (const operation of operations) {
    if (texts.has(operation.text)) continue;
    texts.add(operation.text);
    known.push(operation);
  }
  universe.set(service, known);
}

function reachedBy(
  { allowed }: CallerRules,
  operations: readonly Operation[],
  coverage: Coverage,
): Map<string, Reached> {
  const reached = new Map<string, Reached>();
  for (const operation of operations) {
    const by = allowed.filter((rule) => coverage.byRule(rule, operation));
    if (by.length > 0) reached.set(operation.text, { operation, because: placesOf(by) });
  }
  return reached;
}

function placesOf(rules: readonly OperationRule[]): Location[] {
  const places = new Map<string, Location>();
  for (const { because } of rules) {
    for (const { file, line, column } of because) {
      if (file === undefined) continue;
      const place = { file, ...(line && { line }), ...(column && { column }) };
      places.set(`${file}:${line}:${column}`, place);
    }
  }
  return [...places.values()].sort(comparePlaces);
}
