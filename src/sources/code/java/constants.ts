import type { SyntaxNode } from '../parse.ts';
import type { Program } from './program.ts';
import { type JavaType, lastName } from './types.ts';

const MAX_DEPTH = 30;
const MAX_TEXTS = 200;

/** The texts of an annotation's argument or another constant expression: literals, `+`, arrays,
 *  constants of this and other types. A constant that stands in no file of the folder (a library's)
 *  becomes a parameter of its name; what is not constant is left out.
 *  @see JLS §15.29 */
export function textsOf(node: SyntaxNode | undefined, type: JavaType, program: Program): string[] {
  return node === undefined ? [] : evaluate(node, type, program, 0).slice(0, MAX_TEXTS);
}

function evaluate(node: SyntaxNode, type: JavaType, program: Program, depth: number): string[] {
  if (depth > MAX_DEPTH) return [];
  const evaluator = EVALUATORS[node.kind() as string];
  return evaluator?.(node, type, program, depth) ?? [];
}

type Evaluate = (node: SyntaxNode, type: JavaType, program: Program, depth: number) => string[];

function partsOf(node: SyntaxNode): SyntaxNode[] {
  return node.children().filter((child) => child.isNamed());
}

const all: Evaluate = (node, type, program, depth) =>
  partsOf(node).flatMap((part) => evaluate(part, type, program, depth + 1));

const sum: Evaluate = (node, type, program, depth) => {
  const [left, right] = partsOf(node).map((part) => evaluate(part, type, program, depth + 1)[0]);
  return left === undefined || right === undefined ? [] : [left + right];
};

const name: Evaluate = (node, type, program, depth) => ofName(node.text(), type, program, depth);
const member: Evaluate = (node, type, program, depth) =>
  ofMember(node.text().replaceAll(/\s/g, ''), type, program, depth);

/** Kotlin puts constants into literals: `"$BASE/orders"`. */
const kotlinLiteral: Evaluate = (node, type, program, depth) => {
  const parts = partsOf(node);
  const texts = parts.map((part) => {
    if (part.kind() === 'string_content') return withoutEscapes(part.text());
    if (part.kind() === 'character_escape_seq') return withoutEscapes(part.text());
    if (part.kind() === 'interpolated_identifier')
      return ofName(part.text(), type, program, depth)[0];
    return all(part, type, program, depth)[0];
  });
  return texts.includes(undefined) ? [] : [texts.join('')];
};

/** What a literal, a name or an operator gives, by its kind in the grammars of Java and Kotlin. */
const EVALUATORS: Readonly<Record<string, Evaluate>> = {
  string_literal: (node, type, program, depth) =>
    type.file.path.endsWith('.kt')
      ? kotlinLiteral(node, type, program, depth)
      : [literal(node.text())],
  decimal_integer_literal: (node) => [node.text()],
  parenthesized_expression: all,
  element_value_array_initializer: all,
  array_initializer: all,
  binary_expression: sum,
  identifier: name,
  field_access: member,
  scoped_identifier: member,
  collection_literal: all,
  additive_expression: sum,
  simple_identifier: name,
  navigation_expression: member,
  // Of `@GetMapping("/a", "/b", produces = "…")` those without a name.
  value_arguments: (node, type, program, depth) =>
    partsOf(node)
      .filter((part) => !part.children().some((child) => child.kind() === '='))
      .flatMap((part) => all(part, type, program, depth)),
  value_argument: all,
};

function ofName(name: string, type: JavaType, program: Program, depth: number): string[] {
  const packaged = program.packageConstant(name, type.file);
  for (const owner of [...program.hierarchy(type), ...type.file.types, ...packaged]) {
    const value = owner.constants.get(name);
    if (value !== undefined) return evaluate(value, owner, program, depth + 1);
  }
  const imported = type.file.imports.find((each) => lastName(each) === name);
  if (imported !== undefined) return ofMember(imported, type, program, depth);
  for (const star of type.file.imports.filter((each) => each.endsWith('.*'))) {
    const found = ofMember(`${star.slice(0, -1)}${name}`, type, program, depth);
    if (found.some((text) => !isStandIn(text))) return found;
  }
  return [`{${name}}`];
}

/** Whether a text stands for a constant that could not be found. */
export function isStandIn(text: string): boolean {
  return /^\{[\w.]+\}$/.test(text);
}

function ofMember(text: string, type: JavaType, program: Program, depth: number): string[] {
  const dot = text.lastIndexOf('.');
  const name = text.slice(dot + 1);
  const owner = program.type(text.slice(0, dot), type.file);
  for (const each of owner === undefined ? [] : program.hierarchy(owner)) {
    const value = each.constants.get(name);
    if (value !== undefined) return evaluate(value, each, program, depth + 1);
  }
  return [`{${name}}`];
}

function literal(text: string): string {
  const inner = text.startsWith('"""') ? text.slice(3, -3).trim() : text.slice(1, -1);
  return withoutEscapes(inner);
}

function withoutEscapes(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}
