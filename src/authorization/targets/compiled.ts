import type { NetworkWorkload, Source } from '../../estate/index.ts';
import type { CalleeRules } from '../model/index.ts';

/** What a target must know beside the rules: where services run. */
export interface CompileContext {
  /** What runs of each service, by the service's id. A service that is missing here runs nowhere that is known. */
  readonly placements: ReadonlyMap<string, readonly NetworkWorkload[]>;
  /** Of the workloads: their own first, then those that they trust besides. */
  readonly trustDomains: readonly string[];
}

/** A policy in the words of a target. */
export interface Compiled {
  /** In the order of their paths, each of which is relative. */
  readonly files: readonly CompiledFile[];
  /** What the target cannot say. It denies that, unless the message says who decides instead. */
  readonly notices: readonly Notice[];
}

export interface CompiledFile {
  readonly path: string;
  readonly text: string;
}

export interface Notice {
  /** The id of the callee. */
  readonly service?: string;
  /** The id of the caller's service. */
  readonly caller?: string;
  /** What is not said, why, and what comes of it. */
  readonly message: string;
  /** The declaration that asks for it. */
  readonly source?: Source;
}

/** Says a policy in the words of one target. Equal rules give equal text, in whatever order they come. */
export type Compile = (rules: readonly CalleeRules[], context: CompileContext) => Compiled;
