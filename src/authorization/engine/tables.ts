import type { Grant, PolicyEndpoint, PolicyService } from '../model/index.ts';
import type { OperationPattern, PathPattern } from '../operations/index.ts';
import type { KnownOperation } from './callee-builder.ts';
import type { Methods } from './methods.ts';
import type { PathIndex } from './path-index.ts';
import type { Principal } from './principals.ts';
import type { Relations } from './relations.ts';
import type { StringTable } from './string-table.ts';

/** A policy as it is decided by: everything has a number, and what a decision reads stands side by side in memory. */
export interface Tables {
  /** By id. */
  readonly services: readonly PolicyService[];
  /** By id. */
  readonly serviceOf: StringTable;
  readonly principals: readonly Principal[];
  /** By SPIFFE ID. */
  readonly principalOf: StringTable;
  readonly methods: Methods;
  readonly paths: PathIndex;
  /** Of each service, where its tree begins in `paths`; 0: no path is known of it. */
  readonly trees: Int32Array;
  readonly known: KnownPaths;
  readonly spots: Spots;
  readonly grants: Grants;
  readonly relations: Relations;
}

/** Known paths by number, those of one callee one after the other. */
export interface KnownPaths {
  readonly patterns: readonly PathPattern[];
  /** The paths of a service are `firstOf[service]` to `firstOf[service + 1]`. */
  readonly firstOf: Int32Array;
  /** The spots of a path are `firstSpot[path]` to `firstSpot[path + 1]`, that of every method first. */
  readonly firstSpot: Int32Array;
  /** Bit by bit, which segments are literals; -1: there is more to a path than its literals. */
  readonly literals: Int32Array;
  /** 1 where no literal changes by folding. */
  readonly isFolded: Uint8Array;
}

/** Spots by number: those of paths in their order, and named operations among them. */
export interface Spots {
  readonly count: number;
  readonly methods: Int32Array;
  /** Numbers of paths; -1: a named operation. */
  readonly paths: Int32Array;
  readonly endpoints: readonly (readonly PolicyEndpoint[])[];
  readonly granted: readonly (KnownOperation | undefined)[];
  /** Of each service with named operations, where they are, by `namedKey`. */
  readonly named: ReadonlyMap<number, ReadonlyMap<string, number>>;
}

export interface Grants {
  readonly all: readonly Grant[];
  /** Undefined: it cannot be read, and allows nothing. */
  readonly operations: readonly (OperationPattern | undefined)[];
  /** The one spot that it covers; -1: it is wide, or cannot be read. */
  readonly spots: Int32Array;
}
