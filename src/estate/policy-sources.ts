import type { Source } from './model.ts';

/** What files say about who may call whom beyond any one service. */
export interface PolicySources {
  /** Files of guardrails, as they are written. */
  readonly guardrails: readonly PolicyFile[];
  readonly groups: readonly GroupDefinition[];
}

export interface PolicyFile {
  /** Path inside the folder that was read. */
  readonly path: string;
  readonly text: string;
}

/** A `kind: Group` document: services that guardrails speak of by one name. */
export interface GroupDefinition {
  readonly name: string;
  /** An absent namespace means the services of that name in every namespace. */
  readonly services: readonly {
    readonly name: string;
    readonly namespace?: string;
    readonly source: Source;
  }[];
  /** Groups whose services belong to this one, too. */
  readonly groups: readonly { readonly name: string; readonly source: Source }[];
  readonly source: Source;
}
