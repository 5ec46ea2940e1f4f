import type { SyntaxNode } from '../parse.ts';
import { evaluate } from './expressions.ts';
import type { Interpreter } from './interpreter.ts';
import { memberOf } from './members.ts';
import type { Scope } from './scope.ts';
import { fieldOf, partsOf, textOf } from './syntax.ts';
import { type FunctionValue, isKnown, toList, UNKNOWN, type Value } from './values.ts';

/** Gives the parameters of a function their values. */
export function bindParameters(
  owner: FunctionValue,
  values: readonly Value[],
  scope: Scope,
  run: Interpreter,
): void {
  const single = fieldOf(owner.node, 'parameter');
  const list = fieldOf(owner.node, 'parameters');
  const parameters = single ? [single] : list ? partsOf(list) : [];
  let index = 0;
  for (const parameter of parameters) {
    const pattern = fieldOf(parameter, 'pattern') ?? parameter;
    if (pattern.kind() === 'this' || pattern.kind() === 'decorator') continue;
    if (pattern.kind() === 'rest_pattern') {
      bindPattern(partsOf(pattern)[0], toList(values.slice(index)), scope, run);
      return;
    }
    const given = values[index++];
    const value = isKnown(given)
      ? given
      : (byDefault(parameter, scope, run) ?? run.guess(parameter, owner));
    bindPattern(pattern, value, scope, run);
    // `constructor(private readonly app: Express)` is a field too.
    const isField = parameter.children().some((child) => FIELD_WORDS.has(child.kind() as string));
    if (isField && owner.self?.kind === 'object') owner.self.fields.set(textOf(pattern), value);
  }
}

const FIELD_WORDS = new Set(['accessibility_modifier', 'readonly']);

function byDefault(parameter: SyntaxNode, scope: Scope, run: Interpreter): Value | undefined {
  const expression = fieldOf(parameter, 'value');
  const value = expression === undefined ? undefined : evaluate(expression, scope, run);
  return isKnown(value) ? value : undefined;
}

/** Declares the names of a pattern: `x`, `{ a, b: c = 1 }`, `[a, b]`. */
export function bindPattern(
  pattern: SyntaxNode | undefined,
  value: Value,
  scope: Scope,
  run: Interpreter,
): void {
  switch (pattern?.kind()) {
    case 'identifier':
    case 'shorthand_property_identifier_pattern':
      scope.declare(pattern.text(), value);
      return;
    case 'assignment_pattern':
    case 'object_assignment_pattern': {
      const otherwise = fieldOf(pattern, 'right');
      const left = fieldOf(pattern, 'left');
      const found =
        left?.kind() === 'shorthand_property_identifier_pattern'
          ? memberOf(value, left.text(), run)
          : value;
      const known =
        isKnown(found) || otherwise === undefined ? found : evaluate(otherwise, scope, run);
      bindPattern(left, known, scope, run);
      return;
    }
    case 'object_pattern':
      for (const part of partsOf(pattern)) bindProperty(part, value, scope, run);
      return;
    case 'array_pattern':
      partsOf(pattern).forEach((part, index) => {
        const item = value.kind === 'list' ? value.items[index] : undefined;
        bindPattern(part, item ?? UNKNOWN, scope, run);
      });
      return;
  }
}

function bindProperty(part: SyntaxNode, value: Value, scope: Scope, run: Interpreter): void {
  if (part.kind() === 'pair_pattern') {
    const key = textOf(fieldOf(part, 'key')).replace(/^['"]|['"]$/g, '');
    bindPattern(fieldOf(part, 'value'), memberOf(value, key, run), scope, run);
  } else if (part.kind() === 'shorthand_property_identifier_pattern') {
    scope.declare(part.text(), memberOf(value, part.text(), run));
  } else if (part.kind() === 'rest_pattern') bindPattern(partsOf(part)[0], value, scope, run);
  else bindPattern(part, value, scope, run);
}
