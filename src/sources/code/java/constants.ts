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
  const inner = (each: SyntaxNode | null): string[] =>
    each === null ? [] : evaluate(each, type, program, depth + 1);
  switch (node.kind()) {
    case 'string_literal':
      return [literal(node.text())];
    case 'decimal_integer_literal':
      return [node.text()];
    case 'parenthesized_expression':
      return inner(node.children().find((child) => child.isNamed()) ?? null);
    case 'element_value_array_initializer':
    case 'array_initializer':
      return node
        .children()
        .filter((child) => child.isNamed())
        .flatMap(inner);
    case 'binary_expression': {
      const [left] = inner(node.field('left'));
      const [right] = inner(node.field('right'));
      return left === undefined || right === undefined ? [] : [left + right];
    }
    case 'identifier':
      return ofName(node.text(), type, program, depth);
    case 'field_access':
    case 'scoped_identifier':
      return ofMember(node.text().replaceAll(/\s/g, ''), type, program, depth);
    default:
      return [];
  }
}

function ofName(name: string, type: JavaType, program: Program, depth: number): string[] {
  for (const owner of [...program.hierarchy(type), ...type.file.types]) {
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
  return inner.replace(/\\(.)/g, '$1');
}
