import { quote } from '../../../base/fault.ts';
import { access, has, variable } from './access.ts';
import { constant, record, set } from './collections.ts';
import { conditional, junction } from './control.ts';
import { UnusablePolicy } from './fault.ts';
import type { Evaluate, Form } from './form.ts';
import { isLike } from './like.ts';
import { literalOf } from './literal.ts';
import { BINARY, entityOf, isIn, stringOf, UNARY } from './operators.ts';
import { listOf, objectOf, recordOf, textOf } from './shape.ts';
import { UNKNOWN, type Value } from './value.ts';
import type { World } from './world.ts';

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
