import type { Position } from '../../../base/text.ts';
import {
  type Argument,
  type ClassNode,
  type Expression,
  type FunctionNode,
  NOTHING,
  name,
  type Parameter,
  type Statement,
  text,
} from '../interpreter/program.ts';
import { positionOf, type SyntaxNode } from '../parse.ts';
import { goText } from './text.ts';

/** Nesting of expressions and statements beyond this is not read. */
const MAX_DEPTH = 150;

/** One file of a package: what it declares, in no order. */
export interface GoFile {
  readonly packageName: string;
  readonly imports: readonly { readonly path: string; readonly alias: string | undefined }[];
  readonly functions: readonly FunctionNode[];
  readonly types: readonly ClassNode[];
  /** Constants and variables. */
  readonly values: readonly (Statement & { is: 'assign' })[];
}

/** Reduces a Go file to what the interpreter runs.
 *  @see tree-sitter-go's node types */
export function lowerGo(root: SyntaxNode): GoFile {
  const functions: FunctionNode[] = [];
  const types: ClassNode[] = [];
  const values: (Statement & { is: 'assign' })[] = [];
  const imports: { path: string; alias: string | undefined }[] = [];
  const loose: Statement[] = [];
  let packageName = '';
  for (const node of named(root)) {
    const kind = String(node.kind());
    if (kind === 'package_clause') packageName = named(node)[0]?.text() ?? '';
    else if (kind === 'import_declaration') imports.push(...importsOf(node));
    else if (kind === 'function_declaration' || kind === 'method_declaration') {
      functions.push(functionNode(node, 0));
    } else {
      for (const statement of statementsOf(node, 0)) {
        if (statement.is === 'class') types.push(statement.class);
        else if (statement.is === 'assign') values.push(statement);
        else loose.push(statement);
      }
    }
  }
  // What stands outside of functions is the inside of one that could not be read whole.
  if (loose.length > 0) functions.push(brokenFunction(loose, positionOf(root)));
  return { packageName, imports, functions, types, values };
}

function brokenFunction(body: readonly Statement[], at: Position): FunctionNode {
  return { name: '', parameters: [], decorators: [], body, at };
}

function importsOf(node: SyntaxNode): { path: string; alias: string | undefined }[] {
  return node.findAll({ rule: { kind: 'import_spec' } }).flatMap((spec) => {
    const path = spec.field('path');
    const written = path ? goText(path) : undefined;
    return written === undefined ? [] : [{ path: written, alias: spec.field('name')?.text() }];
  });
}

function statements(node: SyntaxNode | null, depth: number): Statement[] {
  return node === null || depth > MAX_DEPTH
    ? []
    : named(node).flatMap((child) => statementsOf(child, depth + 1));
}

type Lower = (node: SyntaxNode, depth: number) => Statement[];

const STATEMENTS: Readonly<Record<string, Lower>> = {
  short_var_declaration: (node, depth) => [
    {
      is: 'assign',
      targets: expressions(node.field('left'), depth),
      values: expressions(node.field('right'), depth),
      declares: true,
    },
  ],
  assignment_statement: (node, depth) => [
    {
      is: 'assign',
      targets: expressions(node.field('left'), depth),
      values: assigned(node, depth),
      declares: false,
    },
  ],
  var_spec: valueSpec,
  const_spec: valueSpec,
  type_spec: (node, depth) => [{ is: 'class', class: typeNode(node, depth) }],
  type_alias: (node, depth) => [{ is: 'class', class: typeNode(node, depth) }],
  return_statement: (node, depth) => [
    { is: 'return', values: named(node).flatMap((child) => expressions(child, depth)) },
  ],
  for_statement: forStatement,
  if_statement: ifStatement,
  expression_switch_statement: switchStatement,
  block: (node, depth) => [{ is: 'block', body: statements(node, depth) }],
};

function statementsOf(node: SyntaxNode, depth: number): Statement[] {
  const kind = String(node.kind());
  const lower = STATEMENTS[kind];
  if (lower) return lower(node, depth);
  if (kind in EXPRESSIONS) return [{ is: 'do', expression: expression(node, depth) }];
  // A `switch` by types has a scope of its own, in which all of its branches are run.
  const body = statements(node, depth);
  return kind.includes('switch') ? [{ is: 'block', body }] : body;
}

/** `switch x { case "a", "b": … }` */
function switchStatement(node: SyntaxNode, depth: number): Statement[] {
  const by = node.field('value');
  const before = node.field('initializer');
  const branches = named(node)
    .filter((child) => /^(?:expression|default)_case$/.test(String(child.kind())))
    .map((clause) => {
      const value = clause.field('value');
      const rest = named(clause).filter((child) => child.id() !== value?.id());
      const body = rest.flatMap((child) => statementsOf(child, depth));
      return { when: expressions(value, depth), body: [block(body)] };
    });
  const choice: Statement = { is: 'choose', by: of(by, depth), branches };
  return [block([...(before ? statementsOf(before, depth) : []), choice])];
}

/** `if x == "a" { … } else if …`: the rest of the chain is what is left. */
function ifStatement(node: SyntaxNode, depth: number): Statement[] {
  if (depth > MAX_DEPTH) return [];
  const before = node.field('initializer');
  const test = equality(node.field('condition'));
  const yes = node.field('consequence');
  const no = node.field('alternative');
  const then = yes ? statementsOf(yes, depth + 1) : [];
  const otherwise = no ? statementsOf(no, depth + 1) : [];
  const choice: Statement[] = test
    ? [
        {
          is: 'choose',
          by: expression(test.left, depth),
          branches: [
            { when: [expression(test.right, depth)], body: then },
            { when: [], body: otherwise },
          ],
        },
      ]
    : [...then, ...otherwise];
  return [block([...(before ? statementsOf(before, depth) : []), ...choice])];
}

function equality(
  condition: SyntaxNode | null,
): { left: SyntaxNode; right: SyntaxNode } | undefined {
  if (condition?.kind() !== 'binary_expression') return undefined;
  const left = condition.field('left');
  const right = condition.field('right');
  return left && right && condition.field('operator')?.text() === '=='
    ? { left, right }
    : undefined;
}

function block(body: readonly Statement[]): Statement {
  return { is: 'block', body };
}

/** `a += b` is `a = a + b`. */
function assigned(node: SyntaxNode, depth: number): Expression[] {
  const right = expressions(node.field('right'), depth);
  if (node.field('operator')?.text() !== '+=') return right;
  return [{ is: 'join', parts: [...expressions(node.field('left'), depth), ...right] }];
}

function valueSpec(node: SyntaxNode, depth: number): Statement[] {
  const type = node.field('type');
  const names = node.fieldChildren('name').filter((child) => child.kind() === 'identifier');
  return [
    {
      is: 'assign',
      targets: names.map((child) => name(child.text())),
      values: expressions(node.field('value'), depth),
      ...(type && { type: typeExpression(type, depth) }),
      declares: true,
    },
  ];
}

function forStatement(node: SyntaxNode, depth: number): Statement[] {
  const body = statements(node.field('body'), depth);
  const range = named(node).find((child) => child.kind() === 'range_clause');
  if (range === undefined) return [{ is: 'block', body: [...statements(node, depth)] }];
  const right = range.field('right');
  return [
    {
      is: 'each',
      targets: expressions(range.field('left'), depth),
      keyed: true,
      of: right ? expression(right, depth) : NOTHING,
      body,
    },
  ];
}

function typeNode(node: SyntaxNode, depth: number): ClassNode {
  const type = node.field('type');
  return classNode(node.field('name')?.text() ?? '', type, positionOf(node), depth);
}

function classNode(
  typeName: string,
  type: SyntaxNode | null,
  at: Position,
  depth: number,
): ClassNode {
  const base = { name: typeName, decorators: [], body: [], at };
  if (type === null) return { ...base, bases: [], fields: [] };
  switch (String(type.kind())) {
    case 'struct_type':
      return { ...base, ...structFields(type, depth) };
    case 'slice_type':
    case 'array_type':
    case 'map_type':
      return { ...base, bases: [], fields: [], element: elementOf(type, depth) };
    case 'type_identifier':
    case 'qualified_type':
    case 'pointer_type':
      return { ...base, bases: [typeExpression(type, depth)], fields: [] };
    default:
      return { ...base, bases: [], fields: [] };
  }
}

function structFields(
  type: SyntaxNode,
  depth: number,
): { bases: Expression[]; fields: { name: string; type: Expression }[] } {
  const bases: Expression[] = [];
  const fields: { name: string; type: Expression }[] = [];
  const [list] = named(type);
  for (const field of list ? named(list) : []) {
    if (field.kind() !== 'field_declaration') continue;
    const declared = field.field('type');
    if (declared === null) continue;
    const fieldType = typeExpression(declared, depth);
    const names = field
      .fieldChildren('name')
      .filter((child) => child.kind() === 'field_identifier');
    for (const child of names) fields.push({ name: child.text(), type: fieldType });
    if (names.length === 0) {
      bases.push(fieldType);
      // An embedded type is a field too, by its last name.
      fields.push({ name: lastName(fieldType), type: fieldType });
    }
  }
  return { bases, fields };
}

function lastName(type: Expression): string {
  return type.is === 'name' || type.is === 'member' ? type.name : '';
}

function elementOf(type: SyntaxNode | null, depth: number): Expression {
  const element = type?.field('element') ?? type?.field('value') ?? null;
  return element ? typeExpression(element, depth) : NOTHING;
}

/** Pointers and type arguments do not matter. */
function typeExpression(node: SyntaxNode, depth: number): Expression {
  if (depth > MAX_DEPTH) return NOTHING;
  const [first] = named(node);
  switch (String(node.kind())) {
    case 'type_identifier':
      return name(node.text());
    case 'qualified_type':
      return {
        is: 'member',
        object: name(node.field('package')?.text() ?? ''),
        name: node.field('name')?.text() ?? '',
      };
    case 'pointer_type':
    case 'parenthesized_type':
    case 'generic_type':
      return first ? typeExpression(first, depth + 1) : NOTHING;
    case 'struct_type':
    case 'slice_type':
    case 'array_type':
    case 'map_type':
      return { is: 'class', class: classNode('', node, positionOf(node), depth + 1) };
    default:
      return NOTHING;
  }
}

function functionNode(node: SyntaxNode, depth: number): FunctionNode {
  const receiver = node.field('receiver');
  const [self] = receiver ? parameters(receiver, depth) : [];
  const result = node.field('result');
  return {
    name: node.field('name')?.text() ?? '',
    parameters: parameters(node.field('parameters'), depth),
    ...(self && { receiver: self }),
    ...(result && { returns: resultType(result, depth) }),
    decorators: [],
    body: statements(node.field('body'), depth),
    at: positionOf(node),
  };
}

/** The type of a function's first result: the others are errors and clean-ups as a rule. */
function resultType(node: SyntaxNode, depth: number): Expression {
  if (node.kind() !== 'parameter_list') return typeExpression(node, depth);
  const [first] = named(node);
  const type = first?.field('type');
  return type ? typeExpression(type, depth) : NOTHING;
}

function parameters(list: SyntaxNode | null, depth: number): Parameter[] {
  return (list ? named(list) : []).flatMap((declaration): Parameter[] => {
    const type = declaration.field('type');
    const isRest = declaration.kind() === 'variadic_parameter_declaration';
    const names = declaration
      .fieldChildren('name')
      .filter((child) => child.kind() === 'identifier')
      .map((child) => child.text());
    return (names.length === 0 ? ['_'] : names).map((label) => ({
      name: label,
      ...(type && { type: typeExpression(type, depth) }),
      ...(isRest && { isRest }),
    }));
  });
}

const EXPRESSIONS: Readonly<Record<string, (node: SyntaxNode, depth: number) => Expression>> = {
  identifier: (node) => name(node.text()),
  type_identifier: (node) => name(node.text()),
  int_literal: (node) => text(node.text()),
  interpreted_string_literal: (node) => text(goText(node) ?? ''),
  raw_string_literal: (node) => text(goText(node) ?? ''),
  selector_expression: (node, depth) => ({
    is: 'member',
    object: of(node.field('operand'), depth),
    name: node.field('field')?.text() ?? '',
  }),
  call_expression: callExpression,
  binary_expression: (node, depth) =>
    node.field('operator')?.text() === '+'
      ? { is: 'join', parts: children(node, depth) }
      : { is: 'other', parts: children(node, depth) },
  unary_expression: (node, depth) => of(node.field('operand'), depth),
  parenthesized_expression: (node, depth) => children(node, depth)[0] ?? NOTHING,
  type_assertion_expression: (node, depth) => of(node.field('operand'), depth),
  type_conversion_expression: (node, depth) => of(node.field('operand'), depth),
  index_expression: (node, depth) => ({
    is: 'item',
    object: of(node.field('operand'), depth),
    key: of(node.field('index'), depth),
  }),
  composite_literal: compositeLiteral,
  func_literal: (node, depth) => ({ is: 'function', function: functionNode(node, depth) }),
  // An element of a list of composites whose type is not repeated.
  literal_value: (node, depth) => ({
    is: 'record',
    entries: entries(node, depth),
    at: positionOf(node),
  }),
};

function of(node: SyntaxNode | null, depth: number): Expression {
  return node === null ? NOTHING : expression(node, depth);
}

function expression(node: SyntaxNode, depth: number): Expression {
  if (depth > MAX_DEPTH) return NOTHING;
  const lower = EXPRESSIONS[String(node.kind())];
  if (lower) return lower(node, depth + 1);
  return node.isLeaf() ? NOTHING : { is: 'other', parts: children(node, depth + 1) };
}

function expressions(node: SyntaxNode | null, depth: number): Expression[] {
  if (node === null) return [];
  return node.kind() === 'expression_list' ? children(node, depth) : [expression(node, depth)];
}

function children(node: SyntaxNode, depth: number): Expression[] {
  return named(node).map((child) => expression(child, depth));
}

function named(node: SyntaxNode): SyntaxNode[] {
  return node.children().filter((child) => child.isNamed() && child.kind() !== 'comment');
}

function callExpression(node: SyntaxNode, depth: number): Expression {
  const callee = node.field('function');
  const list = node.field('arguments');
  // `new(T)` is `&T{}`.
  if (callee?.text() === 'new' && list) {
    const [type] = named(list);
    return { is: 'record', type: type ? typeOrName(type, depth) : NOTHING, entries: [] };
  }
  const items = list ? named(list) : [];
  return {
    is: 'call',
    callee: of(callee, depth),
    arguments: items.map((child): Argument => ({ value: argument(child, depth) })),
    types: [],
    at: callPosition(node),
  };
}

function argument(node: SyntaxNode, depth: number): Expression {
  if (node.kind() !== 'variadic_argument') return expression(node, depth);
  return { is: 'spread', of: children(node, depth)[0] ?? NOTHING };
}

/** Where the call begins, or the name of what is called where that stands on a later line. */
function callPosition(node: SyntaxNode): Position {
  const start = positionOf(node);
  const field = node.field('function')?.field('field');
  const at = field ? positionOf(field) : start;
  return at.line > start.line ? at : start;
}

function typeOrName(node: SyntaxNode, depth: number): Expression {
  const type = typeExpression(node, depth);
  return type === NOTHING ? expression(node, depth) : type;
}

function compositeLiteral(node: SyntaxNode, depth: number): Expression {
  const type = node.field('type');
  const body = node.field('body');
  const kind = type === null ? '' : String(type.kind());
  const isContainer = /^(?:slice|array|map|implicit_length_array)_type$/.test(kind);
  return {
    is: 'record',
    ...(isContainer && { element: elementOf(type, depth) }),
    ...(!isContainer && type && { type: typeExpression(type, depth) }),
    entries: body ? entries(body, depth) : [],
    at: positionOf(node),
  };
}

function entries(node: SyntaxNode, depth: number): { key?: Expression; value: Expression }[] {
  return named(node).map((child) => {
    const parts = child.kind() === 'keyed_element' ? named(child) : [child];
    const inner = parts.map((part) => {
      const element = part.kind() === 'literal_element' ? named(part)[0] : part;
      return element ? expression(element, depth) : NOTHING;
    });
    const [first = NOTHING, second] = inner;
    return second ? { key: first, value: second } : { value: first };
  });
}
