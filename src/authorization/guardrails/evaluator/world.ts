import type { Entity } from './entity.ts';
import type { CedarRecord, Unknown, Value } from './value.ts';

/** What a policy is evaluated on: one request, and the entities that there are. */
export interface World {
  /** Unknown, where it is asked what holds for all. */
  readonly principal: Entity | Unknown;
  readonly action: Entity;
  readonly resource: Entity | Unknown;
  readonly context: Context;
  /** The entity of this uid with its facts, where it exists. */
  find(uid: string): Entity | undefined;
}

/** `context`, of which a part may not be known yet. */
export interface Context {
  attribute(name: string): Value | Unknown | undefined;
  /** All of it. */
  record(): CedarRecord | Unknown;
}
