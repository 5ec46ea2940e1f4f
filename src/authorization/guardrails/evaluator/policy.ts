import { quote } from '../../../base/fault.ts';
import type { Entity } from './entity.ts';
import { compileExpression } from './expression.ts';
import { UnusablePolicy } from './fault.ts';
import { booleanOf, isInOne } from './operators.ts';
import { entityOf, type Json, listOf, objectOf, recordOf, textOf } from './shape.ts';
import { UNKNOWN, type Unknown } from './value.ts';
import type { World } from './world.ts';

/** A policy that forbids, ready. */
export interface CompiledPolicy {
  readonly principal: Scope;
  readonly resource: Scope;
  /** Whether it is satisfied. @throws {EvaluationError} */
  isSatisfied(world: World): boolean | Unknown;
}

/** Whom, or what, a policy is about. */
export interface Scope {
  /** The only entity that it may be or be below, where there is one: a policy is found by it. */
  readonly anchor: string | undefined;
  matches(entity: Entity, world: World): boolean;
}

/** A policy in Cedar's JSON format, as a function.
 *  @throws {UnusablePolicy} with the reason
 *  @see https://docs.cedarpolicy.com/policies/json-format.html */
export function compilePolicy(json: unknown): CompiledPolicy {
  const parts = ['effect', 'principal', 'action', 'resource', 'conditions'];
  const policy = objectOf(json, 'the policy', parts, ['annotations']);
  if (policy.effect !== 'forbid') {
    throw new UnusablePolicy(`its effect is ${quote(policy.effect)}, and guardrails only forbid`);
  }
  const principal = scopeOf(policy.principal, 'principal');
  const action = actionScopeOf(policy.action);
  const resource = scopeOf(policy.resource, 'resource');
  const condition = compileExpression(conditionOf(policy.conditions));
  const isSatisfied = (world: World) => {
    const isInScope =
      (world.principal === UNKNOWN || principal.matches(world.principal, world)) &&
      action.matches(world.action, world) &&
      (world.resource === UNKNOWN || resource.matches(world.resource, world));
    if (!isInScope) return false;
    const value = condition(world);
    return value === UNKNOWN ? UNKNOWN : booleanOf(value, 'when');
  };
  return { principal, resource, isSatisfied };
}

/** All `when` and `unless` as one expression: each is evaluated where those before it hold. */
function conditionOf(json: unknown): unknown {
  const [first, ...others] = listOf(json, 'the list of conditions').map(clauseOf);
  if (first === undefined) return { Value: true };
  return others.reduce((left, right) => ({ '&&': { left, right } }), first);
}

function clauseOf(json: unknown): unknown {
  const { kind, body } = objectOf(json, 'a condition', ['kind', 'body']);
  if (kind === 'when') return body;
  if (kind === 'unless') return { '!': { arg: body } };
  throw new UnusablePolicy(`${quote(kind)} is no kind of condition`);
}

type ScopeReader = (json: Json, what: string) => Scope;

const EVERYTHING: Scope = { anchor: undefined, matches: () => true };

const SCOPES: ReadonlyMap<unknown, ScopeReader> = new Map<unknown, ScopeReader>([
  ['All', () => EVERYTHING],
  ['==', (json, what) => isOne(entityOf(json.entity, what))],
  ['in', (json, what) => isUnder(entityOf(json.entity, what))],
  ['is', isOfType],
]);

function scopeOf(json: unknown, what: string): Scope {
  const scope = recordOf(json, what);
  const read = SCOPES.get(scope.op);
  if (read === undefined) throw new UnusablePolicy(`${quote(scope.op)} is not known in a scope`);
  if (Object.hasOwn(scope, 'slot')) throw new UnusablePolicy(`its ${what} is a slot of a template`);
  return read(scope, what);
}

function isOne({ uid }: Entity): Scope {
  return { anchor: uid, matches: (entity) => entity.uid === uid };
}

function isUnder(where: Entity): Scope {
  return { anchor: where.uid, matches: (entity, world) => isInOne(entity, where, world) };
}

function isOfType(json: Json, what: string): Scope {
  const type = textOf(json.entity_type, what);
  if (json.in === undefined) {
    return { anchor: undefined, matches: (entity) => entity.type === type };
  }
  const { anchor, matches } = isUnder(entityOf(recordOf(json.in, what).entity, what));
  return { anchor, matches: (entity, world) => entity.type === type && matches(entity, world) };
}

/** Beside what others may say, that of an action may name several. */
function actionScopeOf(json: unknown): Scope {
  const scope = recordOf(json, 'action');
  if (scope.op !== 'in' || !Object.hasOwn(scope, 'entities')) return scopeOf(json, 'action');
  const actions = listOf(scope.entities, 'action').map((one) => isUnder(entityOf(one, 'action')));
  return {
    anchor: undefined,
    matches: (entity, world) => actions.some((action) => action.matches(entity, world)),
  };
}
