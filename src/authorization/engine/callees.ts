import type { Policy, PolicyEndpoint } from '../model/index.ts';
import { isWide, type OperationPattern, type PathPattern } from '../operations/index.ts';
import { CalleeBuilder, type KnownOperation, type KnownPath, type Spot } from './callee-builder.ts';
import type { Groups } from './int-list.ts';
import { type Methods, OTHER } from './methods.ts';
import type { OperationCache } from './operation-cache.ts';
import { PathNodes } from './path-nodes.ts';
import { isFolded, literalsOf } from './pattern-bits.ts';
import type { Grants } from './tables.ts';

/** What is known of callees is made of. */
export interface CalleeSources {
  readonly endpoints: Policy['endpoints'];
  readonly grants: Grants;
  /** Of each service, the numbers of its endpoints, and of the grants to it. */
  readonly endpointsOf: Groups;
  readonly grantsTo: Groups;
  readonly methods: Methods;
  readonly cache: OperationCache;
}

/** Of what is asked of a callee with more endpoints and grants than these, all is known from the beginning: finding it
 *  out would keep the one waiting who asks first. */
const MANY = 500;
const NOT_ASKED = -1;

/** What is known of callees: paths and spots by number, those of one callee one after the other. Of most callees nobody
 *  asks more than their ledgers say, so it is found out when somebody does. */
export class Callees {
  readonly trees = new PathNodes();
  readonly paths: KnownPaths = {
    patterns: [],
    firstSpot: [],
    endSpot: [],
    literals: [],
    isFolded: [],
  };
  readonly spots: Spots = { methods: [], paths: [], keys: [], endpoints: [], granted: [] };
  readonly #sources: CalleeSources;
  readonly #treeOf: Int32Array;
  readonly #firstPath: Int32Array;
  readonly #endPath: Int32Array;
  readonly #named = new Map<number, ReadonlyMap<string, number>>();
  readonly #spotOfGrant: Int32Array;

  constructor(sources: CalleeSources) {
    this.#sources = sources;
    const { endpointsOf, grantsTo, grants } = sources;
    const services = endpointsOf.count;
    this.#treeOf = new Int32Array(services).fill(NOT_ASKED);
    this.#firstPath = new Int32Array(services);
    this.#endPath = new Int32Array(services);
    this.#spotOfGrant = new Int32Array(grants.all.length).fill(-1);
    for (let callee = 0; callee < services; callee++) {
      if (endpointsOf.sizeOf(callee) + grantsTo.sizeOf(callee) > MANY) this.treeOf(callee);
    }
  }

  /** Where the tree of a callee begins in `trees`; 0: no path is known of it. */
  treeOf(callee: number): number {
    const known = this.#treeOf[callee] ?? 0;
    return known === NOT_ASKED ? this.#findOut(callee) : known;
  }

  /** Where the spots of named operations are, by `namedKey`. */
  namedOf(callee: number): ReadonlyMap<string, number> {
    this.treeOf(callee);
    return this.#named.get(callee) ?? NOTHING_NAMED;
  }

  /** The paths of a callee are from `first` to before `end`. */
  pathsOf(callee: number): { readonly first: number; readonly end: number } {
    this.treeOf(callee);
    return { first: this.#firstPath[callee] ?? 0, end: this.#endPath[callee] ?? 0 };
  }

  /** The one spot of its callee that a grant covers; -1: it is wide, or cannot be read. */
  spotOfGrant(grant: number, callee: number): number {
    this.treeOf(callee);
    return this.#spotOfGrant[grant] ?? -1;
  }

  #findOut(callee: number): number {
    const { tree, paths, named } = this.#build(callee);
    this.#firstPath[callee] = this.paths.patterns.length;
    for (const path of paths) this.#addPath(path);
    this.#endPath[callee] = this.paths.patterns.length;
    if (named.size > 0) {
      const spots = [...named].map(([key, spot]) => [key, this.#addSpot(spot, OTHER, -1)] as const);
      this.#named.set(callee, new Map(spots));
    }
    const start = paths.length > 0 ? this.trees.add(tree) : 0;
    this.#treeOf[callee] = start;
    return start;
  }

  #build(callee: number): CalleeBuilder {
    const { endpoints, grants, endpointsOf, grantsTo, cache } = this.#sources;
    const builder = new CalleeBuilder(this.paths.patterns.length);
    for (const number of endpointsOf.of(callee)) {
      const endpoint = endpoints[number];
      const operation = endpoint && cache.ofEndpoint(endpoint);
      if (endpoint && isKnown(operation)) builder.addEndpoint(operation, endpoint);
    }
    for (const number of grantsTo.of(callee)) {
      const operation = grants.operations[number];
      if (isKnown(operation)) builder.addGrant(operation, isWide(operation) ? undefined : number);
    }
    return builder;
  }

  #addPath({ pattern, spots }: KnownPath): void {
    const { methods } = this.#sources;
    const path = this.paths.patterns.push(pattern) - 1;
    this.paths.literals.push(literalsOf(pattern));
    this.paths.isFolded.push(isFolded(pattern));
    this.paths.firstSpot.push(this.spots.methods.length);
    const numbered = spots.map((spot) => ({ spot, method: methods.add(spot.method) }));
    // That of every method has the lowest number.
    if (numbered.length > 1) numbered.sort((a, b) => a.method - b.method);
    for (const { spot, method } of numbered) this.#addSpot(spot, method, path);
    this.paths.endSpot.push(this.spots.methods.length);
  }

  #addSpot(spot: Spot, method: number, path: number): number {
    const number = this.spots.methods.push(method) - 1;
    this.spots.paths.push(path);
    this.spots.keys.push(this.#sources.grants.keys[spot.grants[0] ?? -1] ?? -1);
    this.spots.endpoints.push(spot.endpoints);
    this.spots.granted.push(spot.granted);
    for (const grant of spot.grants) this.#spotOfGrant[grant] = number;
    return number;
  }
}

const NOTHING_NAMED: ReadonlyMap<string, number> = new Map();

/** Whether an operation of an endpoint or a grant makes something known. */
function isKnown(operation: OperationPattern | undefined): operation is KnownOperation {
  if (!operation || operation.kind === 'every') return false;
  return operation.kind === 'named' || !operation.path.hasWildcards;
}

/** Known paths by number. */
export interface KnownPaths {
  readonly patterns: PathPattern[];
  /** The spots of a path are `firstSpot[path]` to before `endSpot[path]`, that of every method first. */
  readonly firstSpot: number[];
  readonly endSpot: number[];
  /** As `literalsOf`. */
  readonly literals: number[];
  /** As `isFolded`. */
  readonly isFolded: number[];
}

/** Spots by number. */
export interface Spots {
  readonly methods: number[];
  /** Numbers of paths; -1: a named operation. */
  readonly paths: number[];
  /** As those of the grants that cover it alone; -1: there is none. */
  readonly keys: number[];
  readonly endpoints: (readonly PolicyEndpoint[])[];
  readonly granted: (KnownOperation | undefined)[];
}
