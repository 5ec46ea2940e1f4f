import { comparePlaces, compareText } from '../../base/diagnostic.ts';
import { type Endpoint, type Protocol, writeOperation } from '../../estate/index.ts';
import type { Grant, Policy } from '../model/index.ts';
import {
  isWide,
  type OperationPattern,
  parseOperation,
  toOperationPattern,
} from '../operations/index.ts';
import { covers } from './covers.ts';

/** That one service has called an endpoint of another. */
export interface Use {
  /** Ids of services. */
  readonly from: string;
  readonly to: string;
  readonly protocol: Protocol;
  readonly method: string;
  readonly template: string;
  readonly requests: number;
}

/** What would make declarations say what is used, and nothing else. */
export type Suggestion =
  /** Nobody has used it. */
  | { readonly kind: 'remove'; readonly grant: Grant }
  /** It allows more than was used: these operations suffice. */
  | { readonly kind: 'narrow'; readonly grant: Grant; readonly operations: readonly string[] }
  /** It is called, and no declaration allows it: declare it where it is meant, or stop it. */
  | {
      readonly kind: 'declare';
      readonly from: string;
      readonly to: string;
      readonly operation: string;
      readonly requests: number;
    };

export interface Suggestions {
  readonly suggestions: readonly Suggestion[];
  /** Callees whose traffic nobody reports, by id: nothing is said of the calls to them. */
  readonly unseen: readonly string[];
}

/** Compares what is declared with what was used. Of callees without any traffic nothing is said: absence of a report
 *  is no absence of calls.
 *  @param uses those of the time that is looked at */
export function suggest(policy: Policy, uses: readonly Use[]): Suggestions {
  const seen = new Set(uses.map(({ to }) => to));
  const grants = policy.grants.flatMap(readGrant);
  const grantsOf = indexed(grants, ({ grant }) => grant);
  const used = uses.flatMap(readUse);
  const usesOf = indexed(used, ({ use }) => use);
  const suggestions = [
    ...grants
      .filter(({ grant }) => seen.has(grant.to))
      .flatMap((one) => ofGrant(one, usesOf(one.grant, one.operation))),
    ...uses.filter((use) => toOperationPattern(use) === undefined).map(toDeclare),
    ...used.flatMap((one) => undeclared(one, grantsOf(one.use, one.operation))),
  ];
  const unseen = new Set(policy.grants.map(({ to }) => to).filter((to) => !seen.has(to)));
  return { suggestions: suggestions.toSorted(compareSuggestions), unseen: [...unseen].sort() };
}

interface ReadGrant {
  readonly grant: Grant;
  readonly operation: OperationPattern;
}

interface ReadUse {
  readonly use: Use;
  readonly operation: OperationPattern;
}

function readGrant(grant: Grant): ReadGrant[] {
  const operation = parseOperation(grant.operation);
  return operation === undefined ? [] : [{ grant, operation }];
}

function readUse(use: Use): ReadUse[] {
  const operation = toOperationPattern(use);
  return operation === undefined ? [] : [{ use, operation }];
}

type Pair = Pick<Use, 'from' | 'to'>;

const pairOf = ({ from, to }: Pair) => `${from} ${to}`;

/** Finds those of a pair that may cover an operation, or be covered by it: all, where either is wide, and else those of
 *  its shape. */
function indexed<One extends { readonly operation: OperationPattern }>(
  all: readonly One[],
  pairIn: (one: One) => Pair,
): (pair: Pair, operation: OperationPattern) => readonly One[] {
  const byPair = Map.groupBy(all, (one) => pairOf(pairIn(one)));
  const narrow = all.filter(({ operation }) => !isWide(operation));
  const byShape = Map.groupBy(narrow, (one) => `${pairOf(pairIn(one))} ${shapeOf(one.operation)}`);
  const wide = Map.groupBy(
    all.filter(({ operation }) => isWide(operation)),
    (one) => pairOf(pairIn(one)),
  );
  return (pair, operation) => {
    if (isWide(operation)) return byPair.get(pairOf(pair)) ?? [];
    const alike = byShape.get(`${pairOf(pair)} ${shapeOf(operation)}`) ?? [];
    return [...alike, ...(wide.get(pairOf(pair)) ?? [])];
  };
}

/** Equal for those of which one may be the other, methods aside. */
function shapeOf(operation: OperationPattern): string {
  if (operation.kind === 'every') return '*';
  return operation.kind === 'named' ? operation.name : operation.path.shape;
}

function ofGrant({ grant, operation }: ReadGrant, uses: readonly ReadUse[]): Suggestion[] {
  const used = uses.filter((one) => covers(operation, one.operation));
  if (used.length === 0) return [{ kind: 'remove', grant }];
  if (!isWide(operation)) return [];
  const operations = [...new Set(used.map(({ use }) => writeOperation(use)))].sort(compareText);
  return [{ kind: 'narrow', grant, operations }];
}

function undeclared({ use, operation }: ReadUse, grants: readonly ReadGrant[]): Suggestion[] {
  return grants.some((one) => covers(one.operation, operation)) ? [] : [toDeclare(use)];
}

function toDeclare(use: Use): Suggestion {
  const { from, to, requests } = use;
  return { kind: 'declare', from, to, operation: writeOperation(use), requests };
}

const KINDS: readonly Suggestion['kind'][] = ['remove', 'narrow', 'declare'];

function compareSuggestions(a: Suggestion, b: Suggestion): number {
  const byKind = KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
  if (a.kind !== 'declare' && b.kind !== 'declare') {
    return byKind || comparePlaces(a.grant.source, b.grant.source);
  }
  return byKind || compareText(nameOf(a), nameOf(b));
}

function nameOf(suggestion: Suggestion): string {
  return suggestion.kind === 'declare' ? `${pairOf(suggestion)} ${suggestion.operation}` : '';
}

/** What traffic shows of who used what since a time, as far as callers are known.
 *  @param since RFC 3339 */
export function usesSince(endpoints: readonly Endpoint[], since: string): Use[] {
  return endpoints.flatMap(({ service, protocol, method, template, traffic, visibility }) =>
    (visibility === 'probe' ? [] : (traffic?.callers ?? []))
      .filter(({ lastSeen }) => lastSeen === undefined || lastSeen >= since)
      .map(({ service: from, requests }) => ({
        ...{ from, to: service, protocol, method, template, requests },
      })),
  );
}
