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
  const usesOf = Map.groupBy(uses, pairOf);
  const grantsOf = Map.groupBy(policy.grants, pairOf);
  const suggestions = [
    ...policy.grants
      .filter(({ to }) => seen.has(to))
      .flatMap((grant) => ofGrant(grant, usesOf.get(pairOf(grant)) ?? [])),
    ...uses.flatMap((use) => undeclared(use, grantsOf.get(pairOf(use)) ?? [])),
  ];
  const unseen = new Set(policy.grants.map(({ to }) => to).filter((to) => !seen.has(to)));
  return { suggestions: suggestions.toSorted(compareSuggestions), unseen: [...unseen].sort() };
}

const pairOf = ({ from, to }: { readonly from: string; readonly to: string }) => `${from} ${to}`;

function ofGrant(grant: Grant, uses: readonly Use[]): Suggestion[] {
  const operation = parseOperation(grant.operation);
  if (operation === undefined) return [];
  const used = uses.filter((use) => isCoveredBy(use, operation));
  if (used.length === 0) return [{ kind: 'remove', grant }];
  if (!isWide(operation)) return [];
  const operations = [...new Set(used.map(writeOperation))].sort(compareText);
  return [{ kind: 'narrow', grant, operations }];
}

function undeclared(use: Use, grants: readonly Grant[]): Suggestion[] {
  const isDeclared = grants.some((grant) => {
    const operation = parseOperation(grant.operation);
    return operation !== undefined && isCoveredBy(use, operation);
  });
  if (isDeclared) return [];
  const { from, to, requests } = use;
  return [{ kind: 'declare', from, to, operation: writeOperation(use), requests }];
}

function isCoveredBy(use: Use, operation: OperationPattern): boolean {
  const used = toOperationPattern(use);
  return used !== undefined && covers(operation, used);
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
