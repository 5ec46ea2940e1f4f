import { posix } from 'node:path';
import type { OperationTypeNode } from 'graphql';
import type { Schema } from './schema.ts';

export interface SchemaFile {
  readonly path: string;
  readonly schema: Schema;
}

const DEFAULT_ROOTS: ReadonlyMap<string, OperationTypeNode> = new Map([
  ['Query', 'query' as OperationTypeNode],
  ['Mutation', 'mutation' as OperationTypeNode],
  ['Subscription', 'subscription' as OperationTypeNode],
]);

/** Tells which types are roots. A `schema` definition names those of its own folder, whose usual
 *  names then mean nothing; below that folder it adds to them, since another service may lie there.
 *  @see GraphQL specification, October 2021, §3.3.1 (Root Operation Types) */
export class RootTypes {
  readonly #byFolder = new Map<string, Map<string, OperationTypeNode>>();

  constructor(files: readonly SchemaFile[]) {
    for (const { path, schema } of files) {
      if (schema.roots.length === 0) continue;
      const folder = posix.dirname(path);
      const roots = this.#byFolder.get(folder) ?? new Map<string, OperationTypeNode>();
      for (const { type, operation } of schema.roots) roots.set(type, operation);
      this.#byFolder.set(folder, roots);
    }
  }

  /** The kind of operation that the fields of `type` in the file at `path` are, if it is a root. */
  operationOf(type: string, path: string): OperationTypeNode | undefined {
    const own = posix.dirname(path);
    const ownRoots = this.#byFolder.get(own);
    if (ownRoots !== undefined) return ownRoots.get(type);
    for (let folder = own; folder !== '.' && folder !== '/'; ) {
      folder = posix.dirname(folder);
      const operation = this.#byFolder.get(folder)?.get(type);
      if (operation !== undefined) return operation;
    }
    return DEFAULT_ROOTS.get(type);
  }
}
