import { compareText } from '../../base/diagnostic.ts';
import type { Policy, PolicyEndpoint } from '../model/index.ts';
import { isWide, type OperationPattern, type PathPattern } from '../operations/index.ts';
import { CalleeBuilder, type KnownOperation, type Spot } from './callee-builder.ts';
import { groupByNumber, IntList } from './int-list.ts';
import { Methods, OTHER } from './methods.ts';
import { OperationCache } from './operation-cache.ts';
import { PathIndexWriter } from './path-index.ts';
import { toPrincipals, toPrincipalTable } from './principals.ts';
import { toRelations } from './relations.ts';
import { StringTable } from './string-table.ts';
import type { KnownPaths, Spots, Tables } from './tables.ts';

/** Numbers everything of a policy. Of several services with one id, the last counts. */
export function compile(policy: Policy): Tables {
  const services = [...new Map(policy.services.map((one) => [one.id, one])).values()].sort((a, b) =>
    compareText(a.id, b.id),
  );
  const serviceOf = new StringTable(services.map(({ id }) => id));
  const numberOf = (id: string): number => serviceOf.numberOf(id);
  const principals = toPrincipals(services);
  const cache = new OperationCache();
  const operations = policy.grants.map(({ operation }) => cache.ofGrant(operation));
  const to = Int32Array.from(policy.grants, (grant) => numberOf(grant.to));
  const from = Int32Array.from(policy.grants, (grant) => numberOf(grant.from));
  const endpoints = groupByNumber(
    Int32Array.from(policy.endpoints, ({ service }) => numberOf(service)),
    services.length,
  );
  const grants = groupByNumber(to, services.length);
  const callees = new CalleeTables(services.length, operations);
  for (let service = 0; service < services.length; service++) {
    const builder = new CalleeBuilder(callees.pathCount);
    for (let at = endpoints.starts[service] ?? 0; at < (endpoints.starts[service + 1] ?? 0); at++) {
      const endpoint = policy.endpoints[endpoints.members[at] ?? 0];
      const operation = endpoint && cache.ofEndpoint(endpoint);
      if (endpoint && isKnown(operation)) builder.addEndpoint(operation, endpoint);
    }
    for (let at = grants.starts[service] ?? 0; at < (grants.starts[service + 1] ?? 0); at++) {
      const grant = grants.members[at] ?? 0;
      const operation = operations[grant];
      if (isKnown(operation)) builder.addGrant(operation, isWide(operation) ? undefined : grant);
    }
    callees.add(service, builder);
  }
  const known = callees.toTables();
  return {
    services,
    serviceOf,
    principals,
    principalOf: toPrincipalTable(principals),
    ...known,
    grants: { all: policy.grants, operations, spots: callees.spotOfGrant },
    relations: toRelations(principals, services.length, {
      from,
      to,
      spots: callees.spotOfGrant,
      operations,
    }),
  };
}

/** Whether an operation of an endpoint or a grant makes something known. */
function isKnown(operation: OperationPattern | undefined): operation is KnownOperation {
  if (!operation || operation.kind === 'every') return false;
  return operation.kind === 'named' || !operation.path.hasWildcards;
}

/** Lays out what is known of one callee after the other. */
class CalleeTables {
  readonly spotOfGrant: Int32Array;
  readonly #methods = new Methods();
  readonly #writer = new PathIndexWriter();
  readonly #trees: Int32Array;
  readonly #patterns: PathPattern[] = [];
  readonly #firstPath = new IntList();
  readonly #firstSpot = new IntList();
  readonly #spotMethods = new IntList();
  readonly #spotPaths = new IntList();
  readonly #endpoints: (readonly PolicyEndpoint[])[] = [];
  readonly #granted: (KnownOperation | undefined)[] = [];
  readonly #named = new Map<number, ReadonlyMap<string, Spot>>();

  constructor(services: number, grants: readonly (OperationPattern | undefined)[]) {
    this.#trees = new Int32Array(services);
    this.spotOfGrant = new Int32Array(grants.length).fill(-1);
    for (const grant of grants) if (grant?.kind === 'http') this.#methods.add(grant.method);
  }

  get pathCount(): number {
    return this.#patterns.length;
  }

  add(service: number, { tree, paths, named }: CalleeBuilder): void {
    this.#firstPath.push(this.#patterns.length);
    if (paths.length > 0) this.#trees[service] = this.#writer.add(tree);
    for (const { pattern, spots } of paths) {
      const path = this.#patterns.push(pattern) - 1;
      this.#firstSpot.push(this.#endpoints.length);
      const numbered = spots.map((spot) => ({ spot, method: this.#methods.add(spot.method) }));
      // That of every method has the lowest number.
      numbered.sort((a, b) => a.method - b.method);
      for (const { spot, method } of numbered) this.#addSpot(spot, method, path);
    }
    if (named.size > 0) this.#named.set(service, named);
  }

  #addSpot(spot: Spot, method: number, path: number): number {
    const number = this.#endpoints.push(spot.endpoints) - 1;
    this.#granted.push(spot.granted);
    this.#spotMethods.push(method);
    this.#spotPaths.push(path);
    for (const grant of spot.grants) this.spotOfGrant[grant] = number;
    return number;
  }

  toTables(): Pick<Tables, 'methods' | 'paths' | 'trees' | 'known' | 'spots'> {
    return {
      methods: this.#methods,
      paths: this.#writer.toIndex(),
      trees: this.#trees,
      known: this.#toKnownPaths(),
      spots: this.#toSpots(),
    };
  }

  #toKnownPaths(): KnownPaths {
    this.#firstPath.push(this.#patterns.length);
    this.#firstSpot.push(this.#endpoints.length);
    return {
      patterns: this.#patterns,
      firstOf: this.#firstPath.toArray(),
      firstSpot: this.#firstSpot.toArray(),
      literals: Int32Array.from(this.#patterns, literalsOf),
      isFolded: Uint8Array.from(this.#patterns, isFolded),
    };
  }

  /** Named operations come behind all paths, so that the spots of a path end where those of the next begin. */
  #toSpots(): Spots {
    const named = new Map<number, ReadonlyMap<string, number>>();
    for (const [service, spots] of this.#named) {
      const numbered = [...spots].map(
        ([key, spot]) => [key, this.#addSpot(spot, OTHER, -1)] as const,
      );
      named.set(service, new Map(numbered));
    }
    return {
      count: this.#endpoints.length,
      methods: this.#spotMethods.toArray(),
      paths: this.#spotPaths.toArray(),
      endpoints: this.#endpoints,
      granted: this.#granted,
      named,
    };
  }
}

const BITS = 30;

function literalsOf({ segments, rest }: PathPattern): number {
  if (rest !== 'none' || segments.length > BITS) return -1;
  let bits = 0;
  for (const [at, { kind }] of segments.entries()) {
    if (kind === 'mixed') return -1;
    if (kind === 'literal') bits |= 1 << at;
  }
  return bits;
}

function isFolded({ segments }: PathPattern): number {
  const changes = segments.some((segment) => {
    if (segment.kind === 'literal') return segment.exact !== segment.folded;
    return segment.kind === 'mixed' && segment.exact.join() !== segment.folded.join();
  });
  return changes ? 0 : 1;
}
