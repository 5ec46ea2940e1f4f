import type { Grant, PolicyService } from '../model/index.ts';
import type { OperationPattern } from '../operations/index.ts';
import type { Callees } from './callees.ts';
import type { Methods } from './methods.ts';
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
  /** Those of grants, and of what was asked about. */
  readonly methods: Methods;
  readonly grants: Grants;
  readonly relations: Relations;
  readonly callees: Callees;
}

export interface Grants {
  readonly all: readonly Grant[];
  /** Undefined: it cannot be read, and allows nothing. */
  readonly operations: readonly (OperationPattern | undefined)[];
  /** Of narrow grants, a number that those of one callee share which cover the same spot; -1: it is wide, or cannot be
   *  read. */
  readonly keys: Int32Array;
}
