import { compareText } from '../../../base/diagnostic.ts';
import { isMoreSpecific, type PathPattern } from '../../operations/index.ts';
import { type Http, isHttp, type KnownOperations, type KnownSpot } from './known.ts';
import { type OpaPattern, toOpaPattern } from './pattern.ts';

/** What is known of a callee, by which our policy in Rego finds what was asked for. */
export interface OpaKnown {
  /** By protocol and method; `*` for methods that nobody speaks of. */
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

export function toOpaKnown({ methods, heads }: KnownOperations): OpaKnown {
  const byProtocol = Map.groupBy(methods, ({ protocol }) => protocol);
  const operations = [...byProtocol].map(([protocol, own]) => [
    protocol,
    Object.fromEntries(own.map(({ method, spots }) => [method, toOpaOperations(spots)])),
  ]);
  return {
    operations: Object.fromEntries(operations),
    heads: heads
      .toSorted((a, b) => compareText(a.shape, b.shape))
      .map((path) => toOpaPattern(path, 'folded')),
  };
}

function toOpaOperations(spots: readonly KnownSpot[]): OpaOperation[] {
  const paths = spots.flatMap(({ operation }) => (isHttp(operation) ? operation.path : []));
  return spots.map(({ operation, endpoints }) => ({
    ...(isHttp(operation)
      ? ofPath(operation, paths)
      : { text: operation.name, name: operation.name }),
    ...(endpoints.some(({ blocked }) => blocked) && { blocked: true }),
  }));
}

function ofPath({ path, isRpc }: Http, paths: readonly PathPattern[]) {
  const narrower = paths.flatMap((other, at) => (isMoreSpecific(other, path) ? [at] : []));
  return {
    ...(isRpc ? { text: path.text.slice(1), rpc: true as const } : { text: path.text }),
    folded: toOpaPattern(path, 'folded'),
    ...(!isFolded(path) && { exact: toOpaPattern(path, 'exact') }),
    ...(narrower.length > 0 && { narrower }),
  };
}

/** Whether it says the same decoded and in lower case. */
const isFolded = ({ segments }: PathPattern): boolean =>
  segments.every(
    (segment) =>
      segment.kind !== 'mixed' && (segment.kind !== 'literal' || segment.exact === segment.folded),
  );
