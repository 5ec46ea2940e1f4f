import {
  BARE,
  type Context,
  Entity,
  EvaluationError,
  UNKNOWN,
  type Unknown,
  type World,
} from '../evaluator/index.ts';
import { CALL, ENTITY_TYPES } from '../names.ts';
import { CallContext } from './context.ts';

const ACTION = new Entity(ENTITY_TYPES.action, CALL, BARE);
const NOTHING_GIVEN = new CallContext({});

/** One call, and the entities that it is about: there are no others. */
export class CallWorld implements World {
  readonly principal: Entity;
  readonly action = ACTION;
  readonly resource: Entity;
  readonly context: Context;
  readonly #callee: Entity;

  constructor(principal: Entity, callee: Entity, resource: Entity, context: Context) {
    this.principal = principal;
    this.#callee = callee;
    this.resource = resource;
    this.context = context;
  }

  find(uid: string): Entity | undefined {
    if (uid === this.principal.uid) return this.principal;
    if (uid === this.resource.uid) return this.resource;
    return uid === this.#callee.uid ? this.#callee : undefined;
  }
}

/** What is known of all calls of one caller, or of all calls of one endpoint. */
export class HalfWorld implements World {
  readonly principal: Entity | Unknown;
  readonly action = ACTION;
  readonly resource: Entity | Unknown;
  readonly context: Context = NOTHING_GIVEN;

  constructor({ principal, resource }: { principal?: Entity; resource?: Entity }) {
    this.principal = principal ?? UNKNOWN;
    this.resource = resource ?? UNKNOWN;
  }

  /** It may be what is not known: then nothing is said of all calls. */
  find(): never {
    throw new EvaluationError('it depends on who calls what');
  }
}
