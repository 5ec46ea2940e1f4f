import { posix } from 'node:path';
import type { SyntaxNode } from '../parse.ts';
import { assign } from './assignments.ts';
import { evaluateCall, evaluateNew } from './calls.ts';
import type { Interpreter } from './interpreter.ts';
import { memberOf } from './members.ts';
import type { Scope } from './scope.ts';
import { fieldOf, partsOf, stringOf, textOf, withoutEscapes } from './syntax.ts';
import {
  asText,
  type ClassValue,
  type FunctionValue,
  isKnown,
  toObject,
  toText,
  UNKNOWN,
  type Value,
} from './values.ts';

type Evaluate = (node: SyntaxNode, scope: Scope, run: Interpreter) => Value;

/** Longest text that concatenation makes. */
const MAX_TEXT = 4_000;
/** Items of one list, fields of one object. */
export const MAX_ITEMS = 5_000;

/** What an expression is, as far as it is known; calls in it take effect. */
export function evaluate(node: SyntaxNode, scope: Scope, run: Interpreter): Value {
  const evaluator = EVALUATORS[node.kind() as string];
  if (evaluator === undefined || !run.enter()) return UNKNOWN;
  try {
    return evaluator(node, scope, run);
  } finally {
    run.leave();
  }
}

export function toFunction(node: SyntaxNode, scope: Scope, run: Interpreter): FunctionValue {
  const value: FunctionValue = { kind: 'function', node, scope };
  run.remember(value);
  return value;
}

export function toClass(node: SyntaxNode, scope: Scope, run: Interpreter): ClassValue {
  const name = textOf(fieldOf(node, 'name'));
  const value: ClassValue = { kind: 'class', node, scope, name, statics: new Map() };
  run.remember(value);
  return value;
}

/** The expression inside: `(x)`, `await x`, `x as T`, `x!`. */
const inside: Evaluate = (node, scope, run) => {
  const inner = partsOf(node)[0];
  return inner === undefined ? UNKNOWN : evaluate(inner, scope, run);
};

const identifier: Evaluate = (node, scope) => {
  const name = node.text();
  if (scope.has(name)) return scope.get(name);
  const { module } = scope;
  if (name === '__dirname') return toText(posix.dirname(module.path));
  if (name === '__filename') return toText(module.path);
  if (name === 'exports') return module.exports;
  return UNKNOWN;
};

const SETTING = /prefix|base|root|config|process\.env/i;

/** A path behind a setting that is not known is taken as it is, as a router that is mounted there is:
 *  `process.env.BASE + '/users'`. */
function isUnknownPrefix(node: SyntaxNode | undefined, rest: string | undefined): boolean {
  const isName = node?.kind() === 'identifier' || node?.kind() === 'member_expression';
  return isName && rest?.startsWith('/') === true && SETTING.test(node.text().slice(0, 100));
}

const template: Evaluate = (node, scope, run) => {
  let text = '';
  const parts = partsOf(node);
  for (const [index, part] of parts.entries()) {
    if (part.kind() !== 'template_substitution') {
      text += withoutEscapes(part.text());
      continue;
    }
    const value = asText(inside(part, scope, run));
    const isPrefix = index === 0 && isUnknownPrefix(partsOf(part)[0], parts[1]?.text());
    if (value === undefined && !isPrefix) return UNKNOWN;
    text += value ?? '';
  }
  return text.length > MAX_TEXT ? UNKNOWN : toText(text);
};

const member: Evaluate = (node, scope, run) => {
  const object = fieldOf(node, 'object');
  const property = textOf(fieldOf(node, 'property'));
  if (object === undefined) return UNKNOWN;
  const written = object.kind() === 'identifier' || object.kind() === 'meta_property';
  if (written) {
    const { module } = scope;
    const name = object.text();
    if (name === 'module' && property === 'exports' && !scope.has('module')) return module.value;
    if (name === 'import.meta') {
      if (property === 'dirname') return toText(posix.dirname(module.path));
      if (property === 'url' || property === 'filename') return toText(module.path);
    }
  }
  return memberOf(evaluate(object, scope, run), property, run);
};

const subscript: Evaluate = (node, scope, run) => {
  const object = fieldOf(node, 'object');
  const index = fieldOf(node, 'index');
  if (object === undefined || index === undefined) return UNKNOWN;
  const name = asText(evaluate(index, scope, run));
  const value = evaluate(object, scope, run);
  return name === undefined ? UNKNOWN : memberOf(value, name, run);
};

const object: Evaluate = (node, scope, run) => {
  const value = toObject();
  for (const part of partsOf(node).slice(0, MAX_ITEMS)) {
    if (part.kind() === 'pair') {
      const expression = fieldOf(part, 'value');
      const key = keyOf(fieldOf(part, 'key'), scope, run);
      if (key !== undefined && expression !== undefined) {
        value.fields.set(key, evaluate(expression, scope, run));
      }
    } else if (part.kind() === 'shorthand_property_identifier') {
      value.fields.set(part.text(), scope.get(part.text()));
    } else if (part.kind() === 'method_definition') {
      const method = toFunction(part, scope, run);
      value.fields.set(textOf(fieldOf(part, 'name')), { ...method, self: value });
    } else if (part.kind() === 'spread_element') {
      const spread = inside(part, scope, run);
      if (spread.kind === 'object') {
        for (const [name, each] of spread.fields) value.fields.set(name, each);
      }
    }
  }
  return value;
};

function keyOf(key: SyntaxNode | undefined, scope: Scope, run: Interpreter): string | undefined {
  if (key?.kind() === 'string') return stringOf(key);
  if (key?.kind() === 'computed_property_name') return asText(inside(key, scope, run));
  return key?.text();
}

/** The values of a list of expressions, `...spread` ones among them. */
export function evaluateAll(list: SyntaxNode, scope: Scope, run: Interpreter): Value[] {
  return evaluateParts(partsOf(list), scope, run);
}

/** The same of expressions that are at hand. */
export function evaluateParts(
  parts: readonly SyntaxNode[],
  scope: Scope,
  run: Interpreter,
): Value[] {
  const values: Value[] = [];
  for (const part of parts.slice(0, MAX_ITEMS)) {
    if (part.kind() !== 'spread_element') values.push(evaluate(part, scope, run));
    else {
      const spread = inside(part, scope, run);
      if (spread.kind === 'list') values.push(...spread.items.slice(0, MAX_ITEMS));
      else values.push(UNKNOWN);
    }
  }
  return values;
}

const binary: Evaluate = (node, scope, run) => {
  const operator = textOf(fieldOf(node, 'operator'));
  const left = fieldOf(node, 'left');
  const right = fieldOf(node, 'right');
  if (left === undefined || right === undefined) return UNKNOWN;
  const [first, second] = [evaluate(left, scope, run), evaluate(right, scope, run)];
  if (operator === '+') {
    const isPrefix = !isKnown(first) && isUnknownPrefix(left, asText(second));
    return isPrefix ? second : concatenate(first, second);
  }
  // A default: `process.env.PREFIX || '/api'`.
  if (operator === '||' || operator === '??') return isKnown(first) ? first : second;
  return operator === '&&' ? second : UNKNOWN;
};

export function concatenate(first: Value, second: Value): Value {
  const [left, right] = [asText(first), asText(second)];
  if (left === undefined || right === undefined) return UNKNOWN;
  return left.length + right.length > MAX_TEXT ? UNKNOWN : toText(left + right);
}

const ternary: Evaluate = (node, scope, run) => {
  const sides = ['consequence', 'alternative'].flatMap((name) => {
    const side = fieldOf(node, name);
    return side === undefined ? [] : [evaluate(side, scope, run)];
  });
  return sides.find(isKnown) ?? UNKNOWN;
};

const closure: Evaluate = (node, scope, run) => toFunction(node, scope, run);
const literal: Evaluate = (node) => toText(node.text());

const EVALUATORS: Readonly<Record<string, Evaluate>> = {
  string: (node) => toText(stringOf(node)),
  number: literal,
  true: literal,
  false: literal,
  template_string: template,
  regex: (node) => ({ kind: 'regex', source: textOf(fieldOf(node, 'pattern')) }),
  identifier,
  shorthand_property_identifier: identifier,
  this: (_, scope) => scope.get('this'),
  member_expression: member,
  subscript_expression: subscript,
  call_expression: evaluateCall,
  new_expression: evaluateNew,
  object,
  array: (node, scope, run) => ({ kind: 'list', items: evaluateAll(node, scope, run) }),
  arrow_function: closure,
  function_expression: closure,
  generator_function: closure,
  class: (node, scope, run) => toClass(node, scope, run),
  binary_expression: binary,
  ternary_expression: ternary,
  assignment_expression: assign,
  augmented_assignment_expression: assign,
  parenthesized_expression: inside,
  await_expression: inside,
  yield_expression: inside,
  as_expression: inside,
  satisfies_expression: inside,
  non_null_expression: inside,
  unary_expression: (node, scope, run) => {
    const operand = fieldOf(node, 'argument');
    if (operand !== undefined) evaluate(operand, scope, run);
    return UNKNOWN;
  },
  type_assertion: (node, scope, run) => {
    const inner = partsOf(node).at(-1);
    return inner === undefined ? UNKNOWN : evaluate(inner, scope, run);
  },
  sequence_expression: (node, scope, run) => evaluateAll(node, scope, run).at(-1) ?? UNKNOWN,
};
