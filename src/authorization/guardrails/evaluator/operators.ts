import { quote } from '../../../base/fault.ts';
import { Entity } from './entity.ts';
import { EvaluationError } from './fault.ts';
import {
  CedarRecord,
  CedarSet,
  isEqual,
  typeOf,
  UNKNOWN,
  type Unknown,
  type Value,
} from './value.ts';
import type { World } from './world.ts';

/** Operators whose operands are all evaluated first.
 *  @see https://docs.cedarpolicy.com/policies/syntax-operators.html */

type Unary = (operand: Value) => Value;
type Binary = (left: Value, right: Value, world: World) => Value;

export const UNARY: Readonly<Record<string, Unary>> = {
  '!': (operand) => !booleanOf(operand, '!'),
  neg: (operand) => longOf(-numberOf(operand, '-')),
  isEmpty: (operand) => setOf(operand, 'isEmpty').isEmpty,
};

export const BINARY: Readonly<Record<string, Binary>> = {
  '==': isEqual,
  '!=': (left, right) => !isEqual(left, right),
  in: isIn,
  '<': comparison('<', (left, right) => left < right),
  '<=': comparison('<=', (left, right) => left <= right),
  '>': comparison('>', (left, right) => left > right),
  '>=': comparison('>=', (left, right) => left >= right),
  '+': arithmetic('+', (left, right) => left + right),
  '-': arithmetic('-', (left, right) => left - right),
  '*': arithmetic('*', (left, right) => left * right),
  contains: (left, right) => setOf(left, 'contains').has(right),
  containsAll: (left, right) => setOf(left, 'containsAll').hasAll(setOf(right, 'containsAll')),
  containsAny: (left, right) => setOf(left, 'containsAny').hasAny(setOf(right, 'containsAny')),
};

function comparison(name: string, compare: (left: bigint, right: bigint) => boolean): Binary {
  return (left, right) => compare(numberOf(left, name), numberOf(right, name));
}

function arithmetic(name: string, compute: (left: bigint, right: bigint) => bigint): Binary {
  return (left, right) => longOf(compute(numberOf(left, name), numberOf(right, name)));
}

export function booleanOf(value: Value, operator: string): boolean {
  return typeof value === 'boolean' ? value : wrong(operator, 'true or false', value);
}

function numberOf(value: Value, operator: string): bigint {
  return typeof value === 'bigint' ? value : wrong(operator, 'numbers', value);
}

export function stringOf(value: Value, operator: string): string {
  return typeof value === 'string' ? value : wrong(operator, 'a string', value);
}

function setOf(value: Value, operator: string): CedarSet {
  return value instanceof CedarSet ? value : wrong(operator, 'a set', value);
}

export function entityOf(value: Value, operator: string): Entity {
  return value instanceof Entity ? value : wrong(operator, 'an entity', value);
}

function wrong(operator: string, wanted: string, value: Value): never {
  throw new EvaluationError(`${quote(operator)} takes ${wanted}, and was given ${typeOf(value)}`);
}

/** A Long has 64 bits. */
function longOf(value: bigint): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  throw new EvaluationError('a number went beyond 64 bits');
}

/** Whether an entity is one of these, or below one of them. */
export function isIn(value: Value, where: Value, world: World): boolean {
  const entity = entityOf(value, 'in');
  if (where instanceof Entity) return isInOne(entity, where, world);
  if (!(where instanceof CedarSet)) return wrong('in', 'an entity or a set of them', where);
  const all = where.values().map((one) => entityOf(one, 'in'));
  return all.some((one) => isInOne(entity, one, world));
}

export function isInOne(entity: Entity, where: Entity, world: World): boolean {
  return entity.uid === where.uid || factsOf(entity, world)?.isBelow(where.uid) === true;
}

function factsOf(entity: Entity, world: World) {
  return entity.facts ?? world.find(entity.uid)?.facts;
}

export function attributeOf(value: Value, name: string, world: World): Value | Unknown {
  const attribute = lookUp(value, name, world, '.');
  if (attribute !== undefined) return attribute;
  if (value instanceof Entity && factsOf(value, world) === undefined) {
    throw new EvaluationError(`nothing is known of ${quote(`${value.type}::"${value.id}"`)}`);
  }
  throw new EvaluationError(`there is no attribute ${quote(name)}`);
}

/** `has a.b.c`: each attribute in turn, of what the one before holds. */
export function hasAttributes(value: Value, names: readonly string[], world: World) {
  let holder: Value = value;
  for (const [index, name] of names.entries()) {
    const attribute = lookUp(holder, name, world, 'has');
    if (attribute === undefined) return false;
    if (index === names.length - 1) return true;
    if (attribute === UNKNOWN) return UNKNOWN;
    holder = attribute;
  }
  return true;
}

function lookUp(value: Value, name: string, world: World, operator: string) {
  if (value instanceof Entity) return factsOf(value, world)?.attributes.get(name);
  if (value instanceof CedarRecord) return value.fields.get(name);
  return wrong(operator, 'an entity or a record', value);
}
