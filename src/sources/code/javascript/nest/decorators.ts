import type { SyntaxNode } from '../../parse.ts';
import { bindParameters } from '../bindings.ts';
import { evaluate, evaluateParts } from '../expressions.ts';
import type { Interpreter } from '../interpreter.ts';
import type { Scope } from '../scope.ts';
import {
  decoratorsOf,
  fieldOf,
  partsOf,
  toDecorator,
  type Decorator as Written,
} from '../syntax.ts';
import type { ClassValue, FunctionValue, Value } from '../values.ts';

/** A decorator as it takes effect. */
export interface Decorator extends Written {
  /** Where its arguments are looked up, if not where it is written: it was composed of others. */
  readonly scope?: Scope;
}

/** Compositions inside of compositions. */
const MAX_LEVELS = 4;

/** Decorators of a class or a member by the names that their package gives them; those that the
 *  program composes give what they are composed of as well.
 *  @see NestJS, "Custom decorators", "Decorator composition" */
export function decorators(node: SyntaxNode, scope: Scope, run: Interpreter): Decorator[] {
  return namedDecorators(node, scope).flatMap((each) => [each, ...composedOf(each, scope, run, 0)]);
}

/** The same without looking into compositions. */
export function namedDecorators(node: SyntaxNode, scope: Scope): Decorator[] {
  return decoratorsOf(node).flatMap((each) => {
    const written = toDecorator(each);
    return written === undefined ? [] : [{ ...written, name: importedName(written, scope) }];
  });
}

/** `Get` of `import { Get as HttpGet }`. */
function importedName({ name }: Written, scope: Scope): string {
  const value = scope.get(name);
  const isNest = value.kind === 'external' && value.module.startsWith('@nestjs/');
  return (isNest ? value.path.at(-1) : undefined) ?? name;
}

function composedOf(
  decorator: Decorator,
  scope: Scope,
  run: Interpreter,
  level: number,
): Decorator[] {
  const maker = scope.get(decorator.name);
  if (maker.kind !== 'function' || level >= MAX_LEVELS) return [];
  const list = applied(maker);
  if (list === undefined) return [];
  const inner = maker.scope.child();
  const values = evaluateParts(decorator.arguments, decorator.scope ?? scope, run);
  bindParameters(maker, values, inner, run);
  return partsOf(list).flatMap((part) => {
    const callee = part.kind() === 'call_expression' ? fieldOf(part, 'function') : undefined;
    const parts = fieldOf(part, 'arguments');
    if (callee?.kind() !== 'identifier') return [];
    const written = { name: callee.text(), arguments: parts ? partsOf(parts) : [] };
    const each = { ...written, node: decorator.node, scope: inner };
    return [
      { ...each, name: importedName(each, inner) },
      ...composedOf(each, inner, run, level + 1),
    ];
  });
}

/** The arguments of `applyDecorators(…)` in a function. */
function applied(maker: FunctionValue): SyntaxNode | undefined {
  const call = fieldOf(maker.node, 'body')?.find({
    rule: { kind: 'call_expression', has: { field: 'function', regex: '^applyDecorators$' } },
  });
  return call === undefined || call === null ? undefined : fieldOf(call, 'arguments');
}

/** The value of one of a decorator's arguments. */
export function argumentValue(
  decorator: Decorator | undefined,
  type: ClassValue,
  run: Interpreter,
  index = 0,
): Value | undefined {
  const node = decorator?.arguments[index];
  return node === undefined ? undefined : evaluate(node, decorator?.scope ?? type.scope, run);
}
