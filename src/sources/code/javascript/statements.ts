import type { SyntaxNode } from '../parse.ts';
import { bindPattern } from './bindings.ts';
import { evaluate, toClass, toFunction } from './expressions.ts';
import { declaredNames, exportStatement, importStatement } from './imports.ts';
import type { Interpreter } from './interpreter.ts';
import type { Scope } from './scope.ts';
import { fieldOf, partsOf, textOf } from './syntax.ts';
import { asText, toObject, toText, UNKNOWN, type Value } from './values.ts';

/** Iterations of one loop. */
const MAX_ITERATIONS = 500;

type Execute = (node: SyntaxNode, scope: Scope, run: Interpreter, returned: Value[]) => void;

/** Declares functions, classes and imports of a block before its statements run: they may be used
 *  above the line that holds them. */
export function declareAll(block: SyntaxNode, scope: Scope, run: Interpreter): void {
  for (const statement of partsOf(block)) {
    const kind = statement.kind();
    if (kind === 'import_statement') importStatement(statement, scope, run);
    const declaration = kind === 'export_statement' ? fieldOf(statement, 'declaration') : statement;
    if (declaration === undefined) continue;
    const name = textOf(fieldOf(declaration, 'name'));
    if (FUNCTIONS.has(declaration.kind() as string)) {
      scope.declare(name, toFunction(declaration, scope, run));
    } else if (CLASSES.has(declaration.kind() as string)) {
      scope.declare(name, toClass(declaration, scope, run));
    }
  }
}

const FUNCTIONS = new Set(['function_declaration', 'generator_function_declaration']);
const CLASSES = new Set(['class_declaration', 'abstract_class_declaration']);

/** Runs a statement. Both sides of conditions run, a loop over known items once for each of them,
 *  and what follows a `return` runs too: all of them may happen. */
export function execute(
  node: SyntaxNode,
  scope: Scope,
  run: Interpreter,
  returned: Value[] = [],
): void {
  const executor = EXECUTORS[node.kind() as string];
  if (executor === undefined || !run.enter()) return;
  try {
    executor(node, scope, run, returned);
  } finally {
    run.leave();
  }
}

const block: Execute = (node, scope, run, returned) => {
  for (const part of partsOf(node)) execute(part, scope, run, returned);
};

const innerBlock: Execute = (node, scope, run, returned) => {
  const inner = scope.block();
  declareAll(node, inner, run);
  block(node, inner, run, returned);
};

const declaration: Execute = (node, scope, run) => {
  const target = node.kind() === 'variable_declaration' ? scope.functionScope : scope;
  for (const declarator of partsOf(node)) {
    if (declarator.kind() !== 'variable_declarator') continue;
    const value = fieldOf(declarator, 'value');
    const known = value === undefined ? UNKNOWN : evaluate(value, scope, run);
    bindPattern(fieldOf(declarator, 'name'), known, target, run);
  }
};

const conditional: Execute = (node, scope, run, returned) => {
  evaluateField(node, 'condition', scope, run);
  for (const side of ['consequence', 'alternative']) {
    const statement = fieldOf(node, side);
    if (statement !== undefined) execute(statement, scope, run, returned);
  }
};

const loop: Execute = (node, scope, run, returned) => {
  const outer = scope.block();
  const initializer = fieldOf(node, 'initializer');
  if (initializer !== undefined) execute(initializer, outer, run, returned);
  const body = fieldOf(node, 'body');
  if (body === undefined) return;
  const counter = counterOf(node, outer, run);
  if (counter === undefined) return execute(body, outer, run, returned);
  for (let index = counter.from; index < counter.to; index++) {
    outer.declare(counter.name, toText(String(index)));
    execute(body, outer, run, returned);
  }
};

/** What `for (let i = 0; i < list.length; i++)` counts; undefined where that is not known. */
function counterOf(node: SyntaxNode, scope: Scope, run: Interpreter) {
  const written = fieldOf(node, 'condition');
  const condition = written?.kind() === 'expression_statement' ? partsOf(written)[0] : written;
  const operator = condition && textOf(fieldOf(condition, 'operator'));
  const [left, right] = ['left', 'right'].map((side) => condition && fieldOf(condition, side));
  if (left?.kind() !== 'identifier' || right === undefined) return undefined;
  if (operator !== '<' && operator !== '<=') return undefined;
  const [from, bound] = [left, right].map((side) => asText(evaluate(side, scope, run)));
  if (from === undefined || bound === undefined) return undefined;
  if (!/^\d+$/.test(from) || !/^\d+$/.test(bound)) return undefined;
  const to = Number(bound) + (operator === '<=' ? 1 : 0);
  return { name: left.text(), from: Number(from), to: Math.min(to, Number(from) + MAX_ITERATIONS) };
}

const forIn: Execute = (node, scope, run, returned) => {
  const body = fieldOf(node, 'body');
  if (body === undefined) return;
  const isOf = textOf(fieldOf(node, 'operator')) === 'of';
  for (const item of itemsOf(evaluateField(node, 'right', scope, run), isOf)) {
    const inner = scope.block();
    bindPattern(fieldOf(node, 'left'), item, inner, run);
    execute(body, inner, run, returned);
  }
};

/** What a loop goes over; one unknown item where that is not known. */
function itemsOf(value: Value, isOf: boolean): readonly Value[] {
  if (value.kind === 'list') {
    const items = isOf ? value.items : value.items.map((_, index) => toText(String(index)));
    return items.slice(0, MAX_ITERATIONS);
  }
  if (value.kind === 'object' && !isOf) {
    return [...value.fields.keys()].slice(0, MAX_ITERATIONS).map(toText);
  }
  return [UNKNOWN];
}

const cases: Execute = (node, scope, run, returned) => {
  const body = fieldOf(node, 'body');
  for (const part of body ? partsOf(body) : []) {
    for (const statement of part.fieldChildren('body')) execute(statement, scope, run, returned);
  }
};

const attempt: Execute = (node, scope, run, returned) => {
  for (const part of partsOf(node)) {
    const body = part.kind() === 'statement_block' ? part : fieldOf(part, 'body');
    if (body !== undefined) execute(body, scope, run, returned);
  }
};

const giveBack: Execute = (node, scope, run, returned) => {
  const value = partsOf(node)[0];
  if (value !== undefined) returned.push(evaluate(value, scope, run));
};

const enumeration: Execute = (node, scope, run) => {
  const body = fieldOf(node, 'body');
  const members = (body ? partsOf(body) : []).map((member): [string, Value] => {
    const name = textOf(fieldOf(member, 'name') ?? member).replace(/^['"]|['"]$/g, '');
    const value = fieldOf(member, 'value');
    return [name, value === undefined ? UNKNOWN : evaluate(value, scope, run)];
  });
  scope.declare(textOf(fieldOf(node, 'name')), toObject(members));
};

/** A namespace is an object of what it exports. */
const namespace: Execute = (node, scope, run, returned) => {
  const body = fieldOf(node, 'body');
  const inner = scope.block();
  const value = toObject();
  scope.declare(textOf(fieldOf(node, 'name')), value);
  if (body !== undefined) declareAll(body, inner, run);
  for (const part of body ? partsOf(body) : []) {
    const declared = part.kind() === 'export_statement' ? fieldOf(part, 'declaration') : undefined;
    execute(declared ?? part, inner, run, returned);
    for (const name of declared ? declaredNames(declared) : [])
      value.fields.set(name, inner.get(name));
  }
};

const EXECUTORS: Readonly<Record<string, Execute>> = {
  program: block,
  // What the parser could not make out may hold whole statements.
  ERROR: block,
  statement_block: innerBlock,
  lexical_declaration: declaration,
  variable_declaration: declaration,
  expression_statement: (node, scope, run) => {
    const expression = partsOf(node)[0];
    if (expression?.kind() === 'internal_module') execute(expression, scope, run);
    else if (expression !== undefined) evaluate(expression, scope, run);
  },
  internal_module: namespace,
  module: namespace,
  if_statement: conditional,
  else_clause: block,
  for_statement: loop,
  while_statement: loop,
  do_statement: loop,
  for_in_statement: forIn,
  switch_statement: cases,
  try_statement: attempt,
  return_statement: giveBack,
  labeled_statement: block,
  enum_declaration: enumeration,
  ambient_declaration: () => {},
  export_statement: (node, scope, run, returned) => {
    const inner = fieldOf(node, 'declaration');
    if (inner !== undefined) execute(inner, scope, run, returned);
    exportStatement(node, scope, run);
  },
};

function evaluateField(node: SyntaxNode, name: string, scope: Scope, run: Interpreter): Value {
  const expression = fieldOf(node, name);
  return expression === undefined ? UNKNOWN : evaluate(expression, scope, run);
}
