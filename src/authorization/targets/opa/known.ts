import { compareText } from '../../../base/diagnostic.ts';
import type { Policy } from '../../model/index.ts';
import {
  EVERY_METHOD,
  isMoreSpecific,
  type OperationPattern,
  operationText,
  type PathPattern,
  parseOperation,
  toOperationPattern,
} from '../../operations/index.ts';
import { type OpaPattern, toOpaPattern } from './pattern.ts';

/** What is known of a callee, by which our policy in Rego says what was asked for. */
export interface OpaKnown {
  /** By protocol and method; `*` for methods that nothing known has. */
  readonly operations: Readonly<Record<string, Readonly<Record<string, readonly OpaOperation[]>>>>;
  /** Paths that have `HEAD` themselves. */
  readonly heads: readonly OpaPattern[];
}

export type OpaOperation = {
  /** Behind the method: `/orders/{id}`; of gRPC without one. */
  readonly text: string;
  readonly rpc?: true;
  readonly blocked?: true;
} & (
  | {
      readonly folded: OpaPattern;
      /** Where it is another one. */
      readonly exact?: OpaPattern;
      /** Places of those that say more than this one. */
      readonly narrower?: readonly number[];
    }
  | { readonly name: string }
);

type Http = Extract<OperationPattern, { kind: 'http' }>;
type Named = Extract<OperationPattern, { kind: 'named' }>;

interface Known<Operation> {
  readonly operation: Operation;
  readonly isEndpoint: boolean;
  readonly isBlocked: boolean;
}

/** What is known of each callee, by id. */
export function knownOf({ endpoints, grants }: Policy): Map<string, OpaKnown> {
  const known = new Map<string, Known<Http | Named>[]>();
  const add = (service: string, operation: OperationPattern | undefined, isBlocked?: boolean) => {
    if (!operation || operation.kind === 'every') return;
    if (operation.kind === 'http' && operation.path.hasWildcards) return;
    const isEndpoint = isBlocked !== undefined;
    const list = known.get(service) ?? [];
    list.push({ operation, isEndpoint, isBlocked: isBlocked === true });
    known.set(service, list);
  };
  for (const endpoint of endpoints) {
    add(endpoint.service, toOperationPattern(endpoint), endpoint.blocked);
  }
  for (const { to, operation } of grants) add(to, parseOperation(operation));
  return new Map([...known].map(([service, list]) => [service, toOpaKnown(list)]));
}

function toOpaKnown(known: readonly Known<Http | Named>[]): OpaKnown {
  const http = known.flatMap((one) =>
    one.operation.kind === 'http' ? [{ ...one, operation: one.operation }] : [],
  );
  const named = known.flatMap((one) =>
    one.operation.kind === 'named' ? [{ ...one, operation: one.operation }] : [],
  );
  const methods = [...new Set([EVERY_METHOD, ...http.map(({ operation }) => operation.method)])];
  const heads = http.filter(({ operation }) => operation.method === 'HEAD');
  return {
    operations: {
      ...(http.length > 0 && {
        http: Object.fromEntries(
          methods.sort(compareText).map((one) => [one, ofMethod(http, one)]),
        ),
      }),
      ...ofProtocol(named, 'event'),
      ...ofProtocol(named, 'graphql'),
    },
    heads: byShape(heads).map(([{ operation }]) => toOpaPattern(operation.path, 'folded')),
  };
}

type Group = readonly [Known<Http>, ...Known<Http>[]];

function byShape(known: readonly Known<Http>[]): Group[] {
  return [...Map.groupBy(known, ({ operation }) => operation.path.shape)]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, group]) => group as unknown as Group);
}

function ofMethod(known: readonly Known<Http>[], method: string): OpaOperation[] {
  const having = known.filter(
    ({ operation }) => operation.method === EVERY_METHOD || operation.method === method,
  );
  const groups = byShape(having);
  const paths = groups.map(([{ operation }]) => operation.path);
  return groups.map((group, at) => ({
    ...wordsOf(group),
    ...(group.some(({ isBlocked }) => isBlocked) && { blocked: true }),
    ...patternsOf(paths, at),
  }));
}

function patternsOf(paths: readonly PathPattern[], at: number) {
  const path = paths[at];
  if (!path) throw new RangeError(`there is no path ${at}`);
  const narrower = paths.flatMap((other, place) => (isMoreSpecific(other, path) ? [place] : []));
  const isFolded = path.segments.every(
    (segment) =>
      segment.kind !== 'mixed' && (segment.kind !== 'literal' || segment.exact === segment.folded),
  );
  return {
    folded: toOpaPattern(path, 'folded'),
    ...(!isFolded && { exact: toOpaPattern(path, 'exact') }),
    ...(narrower.length > 0 && { narrower }),
  };
}

/** What to call it: as endpoints are called, where there are any. */
function wordsOf(group: Group): Pick<OpaOperation, 'text' | 'rpc'> {
  const endpoints = group.filter(({ isEndpoint }) => isEndpoint);
  const [first] = (endpoints.length > 0 ? endpoints : group)
    .map(({ operation: { path, isRpc } }) => ({ text: path.text, isRpc }))
    .sort((a, b) => compareText(said(a), said(b)));
  if (!first) throw new RangeError('there is nothing in a group');
  return first.isRpc ? { text: first.text.slice(1), rpc: true } : { text: first.text };
}

const said = ({ text, isRpc }: { text: string; isRpc: boolean }) =>
  operationText('POST', text, isRpc);

function ofProtocol(known: readonly Known<Named>[], protocol: Named['protocol']) {
  const own = known.filter(({ operation }) => operation.protocol === protocol);
  if (own.length === 0) return {};
  const byMethod = Map.groupBy(own, ({ operation }) => operation.method);
  const entries = [...byMethod].sort(([a], [b]) => compareText(a, b));
  return {
    [protocol]: Object.fromEntries(entries.map(([method, group]) => [method, toNamed(group)])),
  };
}

function toNamed(group: readonly Known<Named>[]): OpaOperation[] {
  return [...Map.groupBy(group, ({ operation }) => operation.name)]
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, same]) => ({
      text: name,
      name,
      ...(same.some(({ isBlocked }) => isBlocked) && { blocked: true as const }),
    }));
}
