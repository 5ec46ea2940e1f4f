import { compareText } from '../../../base/diagnostic.ts';
import type { PolicyEndpoint } from '../../model/index.ts';
import {
  contains,
  EVERY_METHOD,
  isWide,
  type OperationPattern,
  type PathPattern,
  toOperationPattern,
} from '../../operations/index.ts';
import type { ReadGrant } from './callers.ts';

export type Http = Extract<OperationPattern, { kind: 'http' }>;
export type Named = Extract<OperationPattern, { kind: 'named' }>;

/** An endpoint, or what a grant speaks of. */
interface Known {
  readonly operation: Http | Named;
  readonly endpoint: PolicyEndpoint | undefined;
}

/** What is the same to a request: all that is known of one path or name. */
export interface KnownSpot {
  /** As endpoints spell it, where there are any. */
  readonly operation: Http | Named;
  readonly endpoints: readonly PolicyEndpoint[];
  /** Whether only `ANY` speaks of it. */
  readonly isOfEvery: boolean;
}

/** What is known of one method. Its spots are in the order of `OpaKnown`. */
export interface KnownMethod {
  readonly protocol: 'http' | Named['protocol'];
  /** `*`: all that nobody speaks of. */
  readonly method: string;
  readonly spots: readonly KnownSpot[];
}

/** What is known of a callee, method by method. */
export class KnownOperations {
  readonly methods: readonly KnownMethod[];
  readonly #heads: readonly Http[];
  /** Where spots are in their methods, by what is the same to a request. */
  readonly #places: ReadonlyMap<KnownMethod, ReadonlyMap<string, number>>;

  constructor(endpoints: readonly PolicyEndpoint[], grants: readonly ReadGrant[]) {
    const known = [
      ...endpoints.flatMap((one) => toKnown(toOperationPattern(one), one)),
      ...grants.flatMap(({ pattern }) => toKnown(pattern, undefined)),
    ];
    const spoken = grants.flatMap(({ pattern }) => pattern ?? []);
    this.methods = [...httpMethods(known, spoken), ...namedMethods(known)];
    this.#places = new Map(
      this.methods.map((one) => [
        one,
        new Map(one.spots.map(({ operation }, at) => [keyOf(operation), at])),
      ]),
    );
    this.#heads = known
      .map(({ operation }) => operation)
      .filter(isHttp)
      .filter(({ method }) => method === 'HEAD');
  }

  /** Places of the spots of a method that an operation covers. */
  coveredBy(operation: OperationPattern, of: KnownMethod): number[] {
    if (operation.kind === 'every') return [...of.spots.keys()];
    if (!isOfMethod(operation, of)) return [];
    if (operation.kind === 'http' && isWide(operation)) {
      return of.spots.flatMap((spot, at) =>
        isHttp(spot.operation) && contains(operation.path, spot.operation.path) ? [at] : [],
      );
    }
    const at = this.#places.get(of)?.get(keyOf(operation));
    return at === undefined ? [] : [at];
  }

  /** Paths that have `HEAD` themselves, each once. */
  get heads(): PathPattern[] {
    return [...new Map(this.#heads.map(({ path }) => [path.shape, path])).values()];
  }
}

export const isHttp = (operation: OperationPattern | undefined): operation is Http =>
  operation?.kind === 'http';

function toKnown(
  operation: OperationPattern | undefined,
  endpoint: PolicyEndpoint | undefined,
): Known[] {
  if (!operation || operation.kind === 'every') return [];
  return isHttp(operation) && operation.path.hasWildcards ? [] : [{ operation, endpoint }];
}

function isOfMethod(operation: Http | Named, { protocol, method }: KnownMethod): boolean {
  if (operation.kind === 'named')
    return operation.protocol === protocol && operation.method === method;
  return protocol === 'http' && [EVERY_METHOD, method].includes(operation.method);
}

const keyOf = (operation: Http | Named): string =>
  operation.kind === 'named' ? operation.name : operation.path.shape;

/** Those that anybody speaks of, and `GET`, by which every `HEAD` may go. */
function httpMethods(known: readonly Known[], spoken: readonly OperationPattern[]): KnownMethod[] {
  const own = known.filter(({ operation }) => isHttp(operation));
  const named = [...own.map(({ operation }) => operation), ...spoken].filter(isHttp);
  if (named.length === 0 && !spoken.some(({ kind }) => kind === 'every')) return [];
  const methods = new Set([EVERY_METHOD, 'GET', ...named.map(({ method }) => method)]);
  return [...methods].sort(compareText).map((method) => {
    const having = own.filter(({ operation }) => [EVERY_METHOD, method].includes(operation.method));
    return { protocol: 'http', method, spots: toSpots(having) };
  });
}

function namedMethods(known: readonly Known[]): KnownMethod[] {
  return (['event', 'graphql'] as const).flatMap((protocol) => {
    const own = known.filter(
      ({ operation }) => operation.kind === 'named' && operation.protocol === protocol,
    );
    return [...Map.groupBy(own, ({ operation }) => operation.method)]
      .sort(([a], [b]) => compareText(a, b))
      .map(([method, same]) => ({ protocol, method, spots: toSpots(same) }));
  });
}

function toSpots(known: readonly Known[]): KnownSpot[] {
  return [...Map.groupBy(known, ({ operation }) => keyOf(operation))]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, same]) => {
      const endpoints = same.flatMap(({ endpoint }) => endpoint ?? []);
      const spelling = endpoints.length > 0 ? same.filter(({ endpoint }) => endpoint) : same;
      const [operation] = spelling.map((one) => one.operation).sort(bySpelling);
      if (!operation) throw new RangeError('there is nothing at a spot');
      const isOfEvery = same.every((one) => one.operation.method === EVERY_METHOD);
      return { operation, endpoints, isOfEvery };
    });
}

/** What is written as gRPC comes before `POST` and a path. */
function bySpelling(a: Http | Named, b: Http | Named): number {
  if (!isHttp(a) || !isHttp(b)) return 0;
  return Number(b.isRpc) - Number(a.isRpc) || compareText(a.path.text, b.path.text);
}
