import type { SyntaxNode } from '../parse.ts';
import { bindPattern } from './bindings.ts';
import { concatenate, evaluate } from './expressions.ts';
import type { Interpreter } from './interpreter.ts';
import type { Scope } from './scope.ts';
import { fieldOf, textOf } from './syntax.ts';
import { asText, isKnown, UNKNOWN, type Value } from './values.ts';

/** `a = b`, `a.b = c`, `module.exports = d`, `a += e`; gives the assigned value. */
export function assign(node: SyntaxNode, scope: Scope, run: Interpreter): Value {
  const left = fieldOf(node, 'left');
  const right = fieldOf(node, 'right');
  if (left === undefined || right === undefined) return UNKNOWN;
  const given = evaluate(right, scope, run);
  const isSum = textOf(fieldOf(node, 'operator')) === '+=';
  const value = isSum ? concatenate(evaluate(left, scope, run), given) : given;
  assignTo(left, value, scope, run);
  return value;
}

function assignTo(left: SyntaxNode, value: Value, scope: Scope, run: Interpreter): void {
  const kind = left.kind();
  if (kind === 'identifier') scope.assign(left.text(), value);
  else if (kind === 'member_expression' || kind === 'subscript_expression') {
    assignMember(left, value, scope, run);
  } else bindPattern(left, value, scope, run);
}

function assignMember(left: SyntaxNode, value: Value, scope: Scope, run: Interpreter): void {
  const { module } = scope;
  const object = fieldOf(left, 'object');
  if (object === undefined) return;
  if (left.text() === 'module.exports' && !scope.has('module')) {
    module.replacement = value;
    return;
  }
  const target = evaluate(object, scope, run);
  const index = fieldOf(left, 'index');
  const name = index ? asText(evaluate(index, scope, run)) : textOf(fieldOf(left, 'property'));
  if (name === undefined) return;
  // Options on an exported plugin (`module.exports.autoPrefix = '/x'`) are kept beside it.
  if (object.text() === 'module.exports') module.exports.fields.set(name, value);
  if (target.kind === 'object' && (isKnown(value) || !target.fields.has(name))) {
    target.fields.set(name, value);
  }
  if (target.kind === 'class') target.statics.set(name, value);
}
