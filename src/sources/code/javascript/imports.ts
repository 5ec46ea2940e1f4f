import type { SyntaxNode } from '../parse.ts';
import { evaluate, toClass, toFunction } from './expressions.ts';
import type { Interpreter } from './interpreter.ts';
import { memberOf } from './members.ts';
import { Module } from './modules.ts';
import type { Scope } from './scope.ts';
import { fieldOf, partsOf, stringOf, textOf } from './syntax.ts';
import { UNKNOWN, type Value } from './values.ts';

/** What `require(specifier)` or `import * as` gives. */
export function importAll(from: Module, specifier: string, run: Interpreter): Value {
  const found = run.import(from, specifier);
  if (found === undefined) return UNKNOWN;
  return found instanceof Module ? found.value : { kind: 'external', module: found, path: [] };
}

/** What `import { name } from specifier` gives. */
export function importNamed(
  from: Module,
  specifier: string,
  name: string,
  run: Interpreter,
): Value {
  const found = run.import(from, specifier);
  if (found === undefined) return UNKNOWN;
  if (found instanceof Module) {
    return (name === 'default' ? found.defaultExport : found.named(name)) ?? UNKNOWN;
  }
  return memberOf({ kind: 'external', module: found, path: [] }, name, run);
}

/** Declares the names that an import statement brings; each is looked up when it is used. */
export function importStatement(node: SyntaxNode, scope: Scope, run: Interpreter): void {
  const { module } = scope;
  const specifier = specifierOf(node);
  for (const clause of partsOf(node)) {
    if (clause.kind() === 'import_require_clause') {
      const [name, source] = partsOf(clause);
      const target = source === undefined ? '' : stringOf(source);
      scope.declare(textOf(name), () => importAll(module, target, run));
    }
    if (clause.kind() !== 'import_clause' || specifier === undefined) continue;
    for (const part of partsOf(clause)) declareImport(part, specifier, scope, run);
  }
}

function declareImport(part: SyntaxNode, specifier: string, scope: Scope, run: Interpreter): void {
  const { module } = scope;
  if (part.kind() === 'identifier') {
    scope.declare(part.text(), () => importNamed(module, specifier, 'default', run));
  } else if (part.kind() === 'namespace_import') {
    scope.declare(textOf(partsOf(part)[0]), () => importAll(module, specifier, run));
  } else {
    for (const item of partsOf(part)) {
      const name = textOf(fieldOf(item, 'name'));
      const alias = textOf(fieldOf(item, 'alias') ?? fieldOf(item, 'name'));
      scope.declare(alias, () => importNamed(module, specifier, name, run));
    }
  }
}

function specifierOf(node: SyntaxNode): string | undefined {
  const source = fieldOf(node, 'source');
  return source === undefined ? undefined : stringOf(source);
}

/** Fills the exports of the module that holds the statement. */
export function exportStatement(node: SyntaxNode, scope: Scope, run: Interpreter): void {
  const { module } = scope;
  const { fields } = module.exports;
  const words = node.children().map((child) => child.kind() as string);
  const declared = fieldOf(node, 'declaration');
  const value = fieldOf(node, 'value');
  if (words.includes('default')) {
    fields.set('default', defaultValue(declared, value, scope, run));
  } else if (declared !== undefined) {
    for (const name of declaredNames(declared)) fields.set(name, scope.get(name));
  } else if (words.includes('=')) {
    const expression = partsOf(node)[0];
    if (expression !== undefined) module.replacement = evaluate(expression, scope, run);
  } else exportClause(node, scope, run);
}

function defaultValue(
  declared: SyntaxNode | undefined,
  value: SyntaxNode | undefined,
  scope: Scope,
  run: Interpreter,
): Value {
  if (value !== undefined) return evaluate(value, scope, run);
  if (declared === undefined) return UNKNOWN;
  const name = textOf(fieldOf(declared, 'name'));
  if (name !== '') return scope.get(name);
  const isClass = (declared.kind() as string).includes('class');
  return isClass ? toClass(declared, scope, run) : toFunction(declared, scope, run);
}

function exportClause(node: SyntaxNode, scope: Scope, run: Interpreter): void {
  const { module } = scope;
  const specifier = specifierOf(node);
  const clause = partsOf(node).find((part) => part.kind() === 'export_clause');
  for (const item of clause ? partsOf(clause) : []) {
    const name = textOf(fieldOf(item, 'name'));
    const alias = textOf(fieldOf(item, 'alias') ?? fieldOf(item, 'name'));
    const value =
      specifier === undefined ? scope.get(name) : importNamed(module, specifier, name, run);
    module.exports.fields.set(alias, value);
  }
  if (clause !== undefined || specifier === undefined) return;
  const all = importAll(module, specifier, run);
  const namespace = partsOf(node).find((part) => part.kind() === 'namespace_export');
  if (namespace !== undefined) module.exports.fields.set(textOf(partsOf(namespace)[0]), all);
  else if (all.kind === 'object') {
    for (const [name, value] of all.fields) {
      if (name !== 'default') module.exports.fields.set(name, value);
    }
  }
}

/** The names that a declaration declares. */
export function declaredNames(declaration: SyntaxNode): string[] {
  const name = fieldOf(declaration, 'name');
  if (name !== undefined) return [name.text()];
  return partsOf(declaration).flatMap((declarator) => {
    const pattern = fieldOf(declarator, 'name');
    if (pattern === undefined) return [];
    if (pattern.kind() === 'identifier') return [pattern.text()];
    return pattern
      .findAll({ rule: { kind: 'shorthand_property_identifier_pattern' } })
      .map((each) => each.text());
  });
}
