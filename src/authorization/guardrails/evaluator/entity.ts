import type { Unknown, Value } from './value.ts';

/** What is known of an entity that exists. */
export interface EntityFacts {
  readonly attributes: ReadonlyMap<string, Value | Unknown>;
  /** Whether it is below the entity of this uid, at any depth. */
  isBelow(uid: string): boolean;
}

/** An entity, or a mention of one. */
export class Entity {
  readonly type: string;
  readonly id: string;
  /** Unique across types. */
  readonly uid: string;
  readonly facts: EntityFacts | undefined;

  constructor(type: string, id: string, facts?: EntityFacts) {
    this.type = type;
    this.id = id;
    this.uid = uidOf(type, id);
    this.facts = facts;
  }
}

export function uidOf(type: string, id: string): string {
  return `${type} ${id}`;
}

/** Of what exists without attributes, below nothing. */
export const BARE: EntityFacts = { attributes: new Map(), isBelow: () => false };
