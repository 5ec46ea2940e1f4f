import { quote } from '../../../base/fault.ts';
import { EvaluationError, UnusablePolicy } from './fault.ts';
import { isLike } from './like.ts';
import { literalOf } from './literal.ts';
import {
  attributeOf,
  BINARY,
  booleanOf,
  entityOf,
  hasAttributes,
  isIn,
  stringOf,
  UNARY,
} from './operators.ts';
import { listOf, objectOf, recordOf, textOf } from './shape.ts';
import { isSurelyBoolean } from './surely.ts';
import { CedarRecord, CedarSet, UNKNOWN, type Unknown, type Value } from './value.ts';
import type { World } from './world.ts';

/** An expression, ready. @throws {EvaluationError} */
export type Evaluate = (world: World) => Value | Unknown;

/** Makes an expression of its kind, out of what Cedar's JSON format has beside the kind's name. */
type Form = (body: unknown, part: (node: unknown) => Evaluate) => Evaluate;

const MAX_DEPTH = 200;

/** An expression in Cedar's JSON format, as a function.
 *  @throws {UnusablePolicy}
 *  @see https://docs.cedarpolicy.com/policies/json-format.html */
export function compileExpression(node: unknown, depth = 0): Evaluate {
  if (depth > MAX_DEPTH) throw new UnusablePolicy(`it is nested more than ${MAX_DEPTH} deep`);
  const [kind, ...others] = Object.entries(recordOf(node, 'an expression'));
  if (kind === undefined || others.length > 0)
    throw new UnusablePolicy('an expression is of no kind');
  const [name, body] = kind;
  const form = FORMS.get(name);
  if (form === undefined) throw new UnusablePolicy(`${quote(name)} is not known here`);
  return form(body, (part) => compileExpression(part, depth + 1));
}

const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ...Object.entries(UNARY).map(([name, operator]) => [name, unary(name, operator)] as const),
  ...Object.entries(BINARY).map(([name, operator]) => [name, binary(name, operator)] as const),
  ['Value', (body) => constant(literalOf(body))],
  ['Var', variable],
  ['&&', junction('&&', false)],
  ['||', junction('||', true)],
  ['if-then-else', conditional],
  ['.', access],
  ['has', has],
  ['like', like],
  ['is', is],
  ['Set', set],
  ['Record', record],
]);

/** Literals, so that sets of them are made only once. */
const CONSTANTS = new WeakMap<Evaluate, Value>();

function constant(value: Value): Evaluate {
  const evaluate = () => value;
  CONSTANTS.set(evaluate, value);
  return evaluate;
}

function unary(name: string, operator: (operand: Value) => Value): Form {
  return (body, part) => {
    const operand = part(objectOf(body, quote(name), ['arg']).arg);
    return (world) => {
      const value = operand(world);
      return value === UNKNOWN ? UNKNOWN : operator(value);
    };
  };
}

function binary(name: string, operator: (left: Value, right: Value, world: World) => Value): Form {
  return (body, part) => {
    const operands = objectOf(body, quote(name), ['left', 'right']);
    const left = part(operands.left);
    const right = part(operands.right);
    return (world) => {
      const first = left(world);
      if (first === UNKNOWN) return UNKNOWN;
      const second = right(world);
      return second === UNKNOWN ? UNKNOWN : operator(first, second, world);
    };
  };
}

/** `&&` and `||`: where the left operand is `decisive`, the right one is not evaluated. */
function junction(name: string, decisive: boolean): Form {
  return (body, part) => {
    const operands = objectOf(body, quote(name), ['left', 'right']);
    const left = part(operands.left);
    const right = part(operands.right);
    const isLeftSafe = isSurelyBoolean(operands.left);
    return (world) => {
      const first = left(world);
      if (first === UNKNOWN) {
        return isLeftSafe && ofUnknown(right, world) === decisive ? decisive : UNKNOWN;
      }
      if (booleanOf(first, name) === decisive) return decisive;
      const second = right(world);
      return second === UNKNOWN ? UNKNOWN : booleanOf(second, name);
    };
  };
}

/** What may turn out never to be evaluated, so that an error in it says nothing yet. */
function ofUnknown(evaluate: Evaluate, world: World): Value | Unknown {
  try {
    return evaluate(world);
  } catch (thrown) {
    if (thrown instanceof EvaluationError) return UNKNOWN;
    throw thrown;
  }
}

function conditional(body: unknown, part: (node: unknown) => Evaluate): Evaluate {
  const parts = objectOf(body, '`if`', ['if', 'then', 'else']);
  const condition = part(parts.if);
  // biome-ignore lint/suspicious/noThenProperty: the name in Cedar's format
  const branches = { then: part(parts.then), else: part(parts.else) };
  return (world) => {
    const value = condition(world);
    if (value === UNKNOWN) return UNKNOWN;
    return booleanOf(value, 'if') ? branches.then(world) : branches.else(world);
  };
}

const VARIABLES: ReadonlyMap<unknown, Evaluate> = new Map<unknown, Evaluate>([
  ['principal', (world) => world.principal],
  ['action', (world) => world.action],
  ['resource', (world) => world.resource],
  ['context', (world) => world.context.record()],
]);

function variable(body: unknown): Evaluate {
  const evaluate = VARIABLES.get(body);
  if (evaluate === undefined) throw new UnusablePolicy(`${quote(body)} is no variable`);
  return evaluate;
}

function access(body: unknown, part: (node: unknown) => Evaluate): Evaluate {
  const { left, attr } = objectOf(body, '`.`', ['left', 'attr']);
  const name = textOf(attr, 'an attribute');
  const holder = part(left);
  if (holder === VARIABLES.get('context')) return contextAccess(name);
  return (world) => {
    const value = holder(world);
    return value === UNKNOWN ? UNKNOWN : attributeOf(value, name, world);
  };
}

/** Without the rest of `context`, which may not be known. */
function contextAccess(name: string): Evaluate {
  return ({ context }) => {
    const value = context.attribute(name);
    if (value === undefined) throw new EvaluationError(`there is no attribute ${quote(name)}`);
    return value;
  };
}

function has(body: unknown, part: (node: unknown) => Evaluate): Evaluate {
  const { left, attr } = objectOf(body, '`has`', ['left', 'attr']);
  const names = (typeof attr === 'string' ? [attr] : listOf(attr, '`has`')).map((name) =>
    textOf(name, 'an attribute'),
  );
  if (names.length === 0) throw new UnusablePolicy('`has` names no attribute');
  const holder = part(left);
  if (holder === VARIABLES.get('context') && names.length === 1) {
    const [name = ''] = names;
    return ({ context }) => context.attribute(name) !== undefined;
  }
  return (world) => {
    const value = holder(world);
    return value === UNKNOWN ? UNKNOWN : hasAttributes(value, names, world);
  };
}

function like(body: unknown, part: (node: unknown) => Evaluate): Evaluate {
  const { left, pattern } = objectOf(body, '`like`', ['left', 'pattern']);
  const pieces = piecesOf(listOf(pattern, 'a pattern'));
  const operand = part(left);
  return (world) => {
    const value = operand(world);
    return value === UNKNOWN ? UNKNOWN : isLike(stringOf(value, 'like'), pieces);
  };
}

/** What stands before, between and after wildcards. */
function piecesOf(pattern: readonly unknown[]): string[] {
  const pieces = [''];
  for (const element of pattern) {
    if (element === 'Wildcard') pieces.push('');
    else {
      const { Literal } = objectOf(element, 'a part of a pattern', ['Literal']);
      pieces.push(`${pieces.pop()}${textOf(Literal, 'a part of a pattern')}`);
    }
  }
  return pieces;
}

function is(body: unknown, part: (node: unknown) => Evaluate): Evaluate {
  const parts = objectOf(body, '`is`', ['left', 'entity_type'], ['in']);
  const type = textOf(parts.entity_type, 'an entity type');
  const operand = part(parts.left);
  const isType: Evaluate = (world) => {
    const value = operand(world);
    return value === UNKNOWN ? UNKNOWN : entityOf(value, 'is').type === type;
  };
  if (parts.in === undefined) return isType;
  const isBelow = binary('in', isIn)({ left: parts.left, right: parts.in }, part);
  return (world) => {
    const first = isType(world);
    return first === true ? isBelow(world) : first;
  };
}

function set(body: unknown, part: (node: unknown) => Evaluate): Evaluate {
  const members = listOf(body, 'a set').map(part);
  const evaluate: Evaluate = (world) => {
    const values = valuesOf(members, world);
    return values === UNKNOWN ? UNKNOWN : new CedarSet(values);
  };
  const values = members.map((member) => CONSTANTS.get(member));
  return values.every((value) => value !== undefined) ? constant(new CedarSet(values)) : evaluate;
}

function record(body: unknown, part: (node: unknown) => Evaluate): Evaluate {
  const entries = Object.entries(recordOf(body, 'a record'));
  const names = entries.map(([name]) => name);
  const fields = entries.map(([, field]) => part(field));
  return (world) => {
    const values = valuesOf(fields, world);
    if (values === UNKNOWN) return UNKNOWN;
    return new CedarRecord(new Map(names.map((name, index) => [name, values[index] as Value])));
  };
}

/** What comes after a value that is not known is not looked at: an error there is not the first that comes up. */
function valuesOf(parts: readonly Evaluate[], world: World): Value[] | Unknown {
  const values: Value[] = [];
  for (const part of parts) {
    const value = part(world);
    if (value === UNKNOWN) return UNKNOWN;
    values.push(value);
  }
  return values;
}
