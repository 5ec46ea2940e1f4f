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
import { csharpText } from './text.ts';

/** Nesting of expressions and statements beyond this is not read. */
const MAX_DEPTH = 150;

/** Reduces a C# file to what the interpreter runs: its types, and its top-level statements.
 *  @see tree-sitter-c-sharp's node types */
export function lowerCSharp(root: SyntaxNode): Statement[] {
  return statements(root, 0);
}

function statements(node: SyntaxNode | null, depth: number): Statement[] {
  return node === null || depth > MAX_DEPTH
    ? []
    : named(node).flatMap((child) => statementsOf(child, depth + 1));
}

type Lower = (node: SyntaxNode, depth: number) => Statement[];

const method: Lower = (node, depth) => [
  { is: 'function', function: functionNode(node, node.field('name')?.text() ?? '', depth) },
];
const type: Lower = (node, depth) => [{ is: 'class', class: classNode(node, depth) }];
const nothing: Lower = () => [];

const STATEMENTS: Readonly<Record<string, Lower>> = {
  using_directive: nothing,
  attribute_list: nothing,
  parameter_list: nothing,
  base_list: nothing,
  modifier: nothing,
  enum_declaration: nothing,
  delegate_declaration: nothing,
  class_declaration: type,
  record_declaration: type,
  struct_declaration: type,
  interface_declaration: type,
  method_declaration: method,
  local_function_statement: method,
  constructor_declaration: (node, depth) => [
    { is: 'function', function: functionNode(node, '.ctor', depth) },
  ],
  property_declaration: property,
  variable_declaration: variables,
  return_statement: (node, depth) => [
    { is: 'return', values: named(node).map((child) => expression(child, depth)) },
  ],
  expression_statement: (node, depth) =>
    named(node).flatMap((child) => expressionStatement(child, depth)),
  foreach_statement: (node, depth) => [
    {
      is: 'each',
      targets: [of(node.field('left'), depth)],
      keyed: false,
      of: of(node.field('right'), depth),
      body: statementOrBlock(node.field('body'), depth),
    },
  ],
  block: (node, depth) => [{ is: 'block', body: statements(node, depth) }],
};

function statementsOf(node: SyntaxNode, depth: number): Statement[] {
  const kind = String(node.kind());
  const lower = STATEMENTS[kind];
  if (lower) return lower(node, depth);
  if (kind in EXPRESSIONS) return [{ is: 'do', expression: expression(node, depth) }];
  return statements(node, depth);
}

function statementOrBlock(node: SyntaxNode | null, depth: number): Statement[] {
  return node === null ? [] : statementsOf(node, depth);
}

function expressionStatement(node: SyntaxNode, depth: number): Statement[] {
  if (node.kind() !== 'assignment_expression') {
    return [{ is: 'do', expression: expression(node, depth) }];
  }
  const left = of(node.field('left'), depth);
  const right = of(node.field('right'), depth);
  const isSum = node.field('operator')?.text() === '+=';
  const value: Expression = isSum ? { is: 'join', parts: [left, right] } : right;
  return [{ is: 'assign', targets: [left], values: [value], declares: false }];
}

function variables(node: SyntaxNode, depth: number): Statement[] {
  const declared = node.field('type');
  return named(node)
    .filter((child) => child.kind() === 'variable_declarator')
    .map((declarator): Statement => {
      const label = declarator.field('name');
      const value = named(declarator).find((child) => child.id() !== label?.id());
      return {
        is: 'assign',
        targets: [name(label?.text() ?? '')],
        values: value ? [initializer(value, depth)] : [],
        ...(declared && { type: typeExpression(declared, depth) }),
        declares: true,
      };
    });
}

function initializer(node: SyntaxNode, depth: number): Expression {
  const inner = node.kind() === 'equals_value_clause' ? named(node)[0] : node;
  return inner ? expression(inner, depth) : NOTHING;
}

/** `string Path => "/x"`, `string Path { get; } = "/x"`: a value like a field's. */
function property(node: SyntaxNode, depth: number): Statement[] {
  const value = node.field('value');
  const inner = value?.kind() === 'arrow_expression_clause' ? named(value)[0] : value;
  const declared = node.field('type');
  return [
    {
      is: 'assign',
      targets: [name(node.field('name')?.text() ?? '')],
      values: inner ? [expression(inner, depth)] : [],
      ...(declared && { type: typeExpression(declared, depth) }),
      declares: true,
    },
  ];
}

function functionNode(node: SyntaxNode, label: string, depth: number): FunctionNode {
  const body = node.field('body') ?? named(node).find((child) => isBody(child)) ?? null;
  const returns = node.field('returns') ?? node.field('type');
  return {
    name: label,
    parameters: parameters(node.field('parameters'), depth),
    ...(returns && { returns: typeExpression(returns, depth) }),
    decorators: attributes(node, depth),
    body: bodyOf(body, depth),
    at: positionOf(node.field('name') ?? node),
  };
}

function isBody(node: SyntaxNode): boolean {
  return node.kind() === 'block' || node.kind() === 'arrow_expression_clause';
}

function bodyOf(node: SyntaxNode | null, depth: number): Statement[] {
  if (node === null) return [];
  if (node.kind() === 'block') return statements(node, depth);
  const value = node.kind() === 'arrow_expression_clause' ? named(node)[0] : node;
  return value ? [{ is: 'return', values: [expression(value, depth)] }] : [];
}

function parameters(list: SyntaxNode | null, depth: number): Parameter[] {
  if (list === null) return [];
  if (list.kind() === 'identifier' || list.kind() === 'implicit_parameter') {
    return [{ name: list.text() }];
  }
  return named(list).flatMap((child): Parameter[] => {
    if (child.kind() === 'identifier' || child.kind() === 'implicit_parameter') {
      return [{ name: child.text() }];
    }
    if (child.kind() !== 'parameter') return [];
    const declared = child.field('type');
    const label = child.field('name');
    const fallback = label ? label.nextAll().find((next) => next.isNamed()) : undefined;
    return [
      {
        name: label?.text() ?? '',
        ...(declared && { type: typeExpression(declared, depth) }),
        ...(fallback && { fallback: initializer(fallback, depth) }),
      },
    ];
  });
}

function classNode(node: SyntaxNode, depth: number): ClassNode {
  const bases = named(node).find((child) => child.kind() === 'base_list');
  const isAbstract = node
    .children()
    .some((child) => child.kind() === 'modifier' && child.text() === 'abstract');
  const label = node.field('name');
  return {
    name: label?.text() ?? '',
    bases: (bases ? named(bases) : []).map((child) => typeExpression(child, depth)),
    // What cannot be made answers no requests: its attributes count for what inherits from it.
    decorators: [...attributes(node, depth), ...(isAbstract ? [name('#abstract')] : [])],
    fields: [],
    body: statements(node.field('body'), depth),
    at: positionOf(label ?? node),
  };
}

/** Attributes as calls: `[Route("x", Name = "y")]` is `Route("x", Name: "y")`. */
function attributes(node: SyntaxNode, depth: number): Expression[] {
  return named(node)
    .filter((child) => child.kind() === 'attribute_list')
    .flatMap((list) => named(list).filter((child) => child.kind() === 'attribute'))
    .map((attribute): Expression => {
      const list = named(attribute).find((child) => child.kind() === 'attribute_argument_list');
      const written = attribute.field('name')?.text() ?? '';
      return {
        is: 'call',
        callee: name(
          written
            .split('.')
            .at(-1)
            ?.replace(/Attribute$/, '') ?? '',
        ),
        arguments: (list ? named(list) : []).map((child) => attributeArgument(child, depth)),
        types: [],
        at: positionOf(attribute),
      };
    });
}

function attributeArgument(node: SyntaxNode, depth: number): Argument {
  const [first, second] = named(node);
  if (first?.kind() === 'assignment_expression') {
    return {
      name: first.field('left')?.text() ?? '',
      value: of(first.field('right'), depth),
    };
  }
  if (first && second)
    return { name: first.text().replace(/\W/g, ''), value: expression(second, depth) };
  return { value: first ? expression(first, depth) : NOTHING };
}

/** Type arguments, nullability and arrays do not matter. */
function typeExpression(node: SyntaxNode, depth: number): Expression {
  if (depth > MAX_DEPTH) return NOTHING;
  const [first] = named(node);
  switch (String(node.kind())) {
    case 'identifier':
      return name(node.text());
    // Namespaces do not matter: types are found by their own name, the nearest first.
    case 'qualified_name':
      return name(node.field('name')?.text().split('<')[0] ?? '');
    case 'generic_name':
    case 'nullable_type':
    case 'primary_constructor_base_type':
      return first ? typeExpression(first, depth + 1) : NOTHING;
    default:
      return NOTHING;
  }
}

const EXPRESSIONS: Readonly<Record<string, (node: SyntaxNode, depth: number) => Expression>> = {
  identifier: (node) => name(node.text()),
  qualified_name: typeExpression,
  generic_name: typeExpression,
  this_expression: () => name('#class'),
  string_literal: (node) => text(csharpText(node) ?? ''),
  verbatim_string_literal: (node) => text(csharpText(node) ?? ''),
  raw_string_literal: (node) => text(csharpText(node) ?? ''),
  interpolated_string_expression: (node, depth) => ({
    is: 'join',
    parts: node.children().flatMap((child): Expression[] => {
      if (child.kind() === 'string_content') return [text(child.text())];
      if (child.kind() !== 'interpolation') return [];
      const inner = named(child).find((part) => part.kind() !== 'interpolation_brace');
      return [inner ? expression(inner, depth) : NOTHING];
    }),
  }),
  member_access_expression: (node, depth) => ({
    is: 'member',
    object: of(node.field('expression'), depth),
    name: node.field('name')?.text().split('<')[0] ?? '',
  }),
  invocation_expression: (node, depth) => ({
    is: 'call',
    callee: of(node.field('function'), depth),
    arguments: callArguments(node.field('arguments'), depth),
    types: typeArguments(node.field('function'), depth),
    at: callPosition(node),
  }),
  object_creation_expression: (node, depth) => ({
    is: 'call',
    callee: typeOf(node.field('type'), depth),
    arguments: callArguments(node.field('arguments'), depth),
    types: [],
    at: positionOf(node),
  }),
  binary_expression: (node, depth) => {
    const operator = node.field('operator')?.text();
    const parts = children(node, depth);
    if (operator === '+') return { is: 'join', parts };
    return operator === '??' ? { is: 'either', options: parts } : { is: 'other', parts };
  },
  conditional_expression: (node, depth) => ({
    is: 'either',
    options: [of(node.field('consequence'), depth), of(node.field('alternative'), depth)],
  }),
  parenthesized_expression: (node, depth) => children(node, depth)[0] ?? NOTHING,
  await_expression: (node, depth) => children(node, depth)[0] ?? NOTHING,
  cast_expression: (node, depth) => of(node.field('value'), depth),
  assignment_expression: (node, depth) => of(node.field('right'), depth),
  lambda_expression: (node, depth) => ({
    is: 'function',
    function: {
      name: '',
      parameters: parameters(node.field('parameters'), depth),
      decorators: attributes(node, depth),
      body: bodyOf(node.field('body'), depth),
      at: positionOf(node),
    },
  }),
  implicit_array_creation_expression: items,
  array_creation_expression: items,
  collection_expression: (node, depth) => ({ is: 'list', items: children(node, depth) }),
  // `["a", "b"]` among arguments, as this grammar has it.
  element_binding_expression: (node, depth) => ({
    is: 'list',
    items: named(node).map((child) => of(named(child).at(-1) ?? null, depth)),
  }),
  initializer_expression: (node, depth) => ({ is: 'list', items: children(node, depth) }),
  tuple_expression: (node, depth) => ({
    is: 'list',
    items: named(node).map((child) => of(named(child).at(-1) ?? null, depth)),
    at: positionOf(node),
  }),
};

function items(node: SyntaxNode, depth: number): Expression {
  const values = named(node).find((child) => child.kind() === 'initializer_expression');
  return { is: 'list', items: values ? children(values, depth) : [] };
}

function typeOf(node: SyntaxNode | null, depth: number): Expression {
  return node === null ? NOTHING : typeExpression(node, depth);
}

function of(node: SyntaxNode | null, depth: number): Expression {
  return node === null ? NOTHING : expression(node, depth);
}

function expression(node: SyntaxNode, depth: number): Expression {
  if (depth > MAX_DEPTH) return NOTHING;
  const lower = EXPRESSIONS[String(node.kind())];
  if (lower) return lower(node, depth + 1);
  return node.isLeaf() ? NOTHING : { is: 'other', parts: children(node, depth + 1) };
}

function children(node: SyntaxNode, depth: number): Expression[] {
  return named(node).map((child) => expression(child, depth));
}

function named(node: SyntaxNode): SyntaxNode[] {
  return node.children().filter((child) => child.isNamed() && child.kind() !== 'comment');
}

function callArguments(list: SyntaxNode | null, depth: number): Argument[] {
  return (list ? named(list) : []).map((argument) => {
    const label = argument.field('name');
    const value = named(argument).at(-1);
    return {
      ...(label && { name: label.text() }),
      value: value ? expression(value, depth) : NOTHING,
    };
  });
}

function typeArguments(callee: SyntaxNode | null, depth: number): Expression[] {
  const label = callee?.field('name') ?? callee;
  if (label?.kind() !== 'generic_name') return [];
  const list = named(label).find((child) => child.kind() === 'type_argument_list');
  return list ? named(list).map((child) => typeExpression(child, depth)) : [];
}

/** Where the call begins, or the name of what is called where that stands on a later line. */
function callPosition(node: SyntaxNode): Position {
  const start = positionOf(node);
  const label = node.field('function')?.field('name');
  const at = label ? positionOf(label) : start;
  return at.line > start.line ? at : start;
}
