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
import { pythonText } from './text.ts';

/** Nesting of expressions and statements beyond this is not read. */
const MAX_DEPTH = 150;

/** Reduces a Python module to what the interpreter runs.
 *  @see tree-sitter-python's node types */
export function lowerPython(root: SyntaxNode): Statement[] {
  return statements(root, 0);
}

function statements(node: SyntaxNode | null, depth: number): Statement[] {
  if (node === null || depth > MAX_DEPTH) return [];
  return node.children().flatMap((child) => statement(child, depth + 1));
}

type Lower = (node: SyntaxNode, depth: number) => Statement[];

const STATEMENTS: Readonly<Record<string, Lower>> = {
  expression_statement: (node, depth) =>
    node
      .children()
      .filter((child) => child.isNamed())
      .flatMap((child) => expressionStatement(child, depth)),
  return_statement: (node, depth) => {
    const value = node.children().find((child) => child.isNamed());
    return value ? [{ is: 'return', values: [expression(value, depth)] }] : [];
  },
  function_definition: (node, depth) => [
    { is: 'function', function: functionNode(node, [], depth) },
  ],
  class_definition: (node, depth) => [{ is: 'class', class: classNode(node, [], depth) }],
  decorated_definition: decorated,
  import_statement: imports,
  import_from_statement: importsFrom,
  for_statement: (node, depth) => [
    {
      is: 'each',
      targets: targets(node.field('left'), depth),
      keyed: false,
      isOpen: true,
      of: expressionOf(node.field('right'), depth),
      body: statements(node.field('body'), depth),
    },
  ],
  with_statement: (node, depth) => [
    ...withItems(node, depth),
    ...statements(node.field('body'), depth),
  ],
  block: statements,
  if_statement: ifStatement,
  while_statement: inner,
  try_statement: inner,
  except_clause: inner,
  finally_clause: inner,
  match_statement: matchStatement,
  case_clause: inner,
  ERROR: inner,
};

/** `if x == 'a': … elif x == 'b': … else: …` is a choice by `x`; of other conditions every branch
 *  is run. */
function ifStatement(node: SyntaxNode, depth: number): Statement[] {
  const clauses = [node, ...node.fieldChildren('alternative')];
  const parts = clauses.map((clause) => ({
    test: equality(clause.field('condition')),
    body: statements(clause.field('consequence') ?? clause.field('body'), depth),
  }));
  const [first, ...rest] = parts;
  const by = first?.test?.left;
  const isChoice =
    by !== undefined &&
    rest.every(
      ({ test }, index) =>
        test?.left.text() === by.text() || clauses[index + 1]?.kind() === 'else_clause',
    );
  if (!isChoice) return parts.flatMap(({ body }) => body);
  const branches = parts.map(({ test, body }) => ({
    when: test ? [expression(test.right, depth)] : [],
    body,
  }));
  return [{ is: 'choose', by: expression(by, depth), branches }];
}

function equality(
  condition: SyntaxNode | null,
): { left: SyntaxNode; right: SyntaxNode } | undefined {
  if (condition?.kind() !== 'comparison_operator') return undefined;
  const [left, right, more] = named(condition);
  const isEqual = condition.field('operators')?.text() === '==';
  return left && right && !more && isEqual ? { left, right } : undefined;
}

/** `match x: case 'a' | 'b': …`; of patterns that are no texts every branch is run. */
function matchStatement(node: SyntaxNode, depth: number): Statement[] {
  const by = node.field('subject');
  const body = node.field('body') ?? node;
  const clauses = named(body).filter((child) => child.kind() === 'case_clause');
  const branches = clauses.map((clause) => ({
    when: patterns(clause, depth),
    body: statements(clause.field('consequence'), depth),
  }));
  return [{ is: 'choose', by: expressionOf(by, depth), branches }];
}

function patterns(clause: SyntaxNode, depth: number): Expression[] {
  const written = named(clause)
    .filter((child) => child.kind() === 'case_pattern')
    .flatMap((child) => named(child))
    .flatMap((child) => (child.kind() === 'union_pattern' ? named(child) : [child]));
  return written.map((child) => expression(child, depth));
}

function statement(node: SyntaxNode, depth: number): Statement[] {
  return STATEMENTS[node.kind()]?.(node, depth) ?? [];
}

/** A statement that only holds others: all of its branches. */
function inner(node: SyntaxNode, depth: number): Statement[] {
  return statements(node, depth);
}

function expressionStatement(node: SyntaxNode, depth: number): Statement[] {
  if (node.kind() === 'assignment') return assignment(node, depth);
  if (node.kind() === 'augmented_assignment') {
    const left = expressionOf(node.field('left'), depth);
    const right = expressionOf(node.field('right'), depth);
    const value: Expression = { is: 'join', parts: [left, right] };
    return [{ is: 'assign', targets: [left], values: [value], declares: true }];
  }
  return [{ is: 'do', expression: expression(node, depth) }];
}

function assignment(node: SyntaxNode, depth: number): Statement[] {
  const right = node.field('right');
  const type = node.field('type');
  // `a = b = c` sets both.
  const nested = right?.kind() === 'assignment' ? assignment(right, depth) : [];
  const last = nested[0]?.is === 'assign' ? nested[0].values[0] : undefined;
  return [
    ...nested,
    {
      is: 'assign',
      targets: targets(node.field('left'), depth),
      values: last ? [last] : right ? [expression(right, depth)] : [],
      ...(type && { type: typeExpression(type, depth) }),
      declares: true,
    },
  ];
}

function targets(node: SyntaxNode | null, depth: number): Expression[] {
  if (node === null) return [];
  const isPattern = ['pattern_list', 'tuple_pattern', 'list_pattern'].includes(String(node.kind()));
  return isPattern ? named(node).map((child) => target(child, depth)) : [expression(node, depth)];
}

function target(node: SyntaxNode, depth: number): Expression {
  const parts = targets(node, depth);
  return parts.length === 1 && parts[0] ? parts[0] : { is: 'list', items: parts };
}

function withItems(node: SyntaxNode, depth: number): Statement[] {
  return node
    .findAll({ rule: { kind: 'with_item', inside: { kind: 'with_clause' } } })
    .flatMap((item): Statement[] => {
      const value = item.field('value') ?? named(item)[0];
      if (value?.kind() !== 'as_pattern') {
        return value ? [{ is: 'do', expression: expression(value, depth) }] : [];
      }
      const [source, alias] = named(value);
      const to = alias ? named(alias)[0] : undefined;
      if (!source || !to) return [];
      const value2 = expression(source, depth);
      return [{ is: 'assign', targets: [expression(to, depth)], values: [value2], declares: true }];
    });
}

function decorated(node: SyntaxNode, depth: number): Statement[] {
  const decorators = node
    .children()
    .filter((child) => child.kind() === 'decorator')
    .flatMap((child) => named(child).slice(0, 1))
    .map((child) => decorator(expression(child, depth)));
  const definition = node.field('definition');
  if (definition?.kind() === 'function_definition') {
    return [{ is: 'function', function: functionNode(definition, decorators, depth) }];
  }
  return definition ? [{ is: 'class', class: classNode(definition, decorators, depth) }] : [];
}

function decorator(value: Expression): Expression {
  return value.is === 'call' ? { ...value, isDecorator: true } : value;
}

function functionNode(
  node: SyntaxNode,
  decorators: readonly Expression[],
  depth: number,
): FunctionNode {
  const returns = node.field('return_type');
  return {
    name: node.field('name')?.text() ?? '',
    parameters: parameters(node.field('parameters'), depth),
    ...(returns && { returns: typeExpression(returns, depth) }),
    decorators,
    body: statements(node.field('body'), depth),
    isStatic: isDecorated(decorators, 'staticmethod'),
    isOfClass: isDecorated(decorators, 'classmethod'),
    at: positionOf(node),
  };
}

function isDecorated(decorators: readonly Expression[], by: string): boolean {
  return decorators.some((item) => item.is === 'name' && item.name === by);
}

/** A function in a class takes its first parameter as the object that it is called on. */
function asMethod(statement: Statement): Statement {
  if (statement.is !== 'function' || statement.function.isStatic) return statement;
  const [self, ...parameters] = statement.function.parameters;
  if (self === undefined) return statement;
  const receiver: Parameter = { name: self.name, type: name('#class') };
  return { is: 'function', function: { ...statement.function, parameters, receiver } };
}

function parameters(node: SyntaxNode | null, depth: number): Parameter[] {
  return (node ? named(node) : []).flatMap((child): Parameter[] => {
    const type = child.field('type');
    const fallback = child.field('value');
    const inner = child.kind() === 'identifier' ? child : (child.field('name') ?? named(child)[0]);
    if (!inner) return [];
    const kinds = [inner.kind(), child.kind()];
    const isRest = kinds.includes('list_splat_pattern');
    const isNamedRest = kinds.includes('dictionary_splat_pattern');
    const label = inner.text().replace(/^\*+/, '');
    return [
      {
        name: label,
        ...(type && { type: typeExpression(type, depth) }),
        ...(fallback && { fallback: expression(fallback, depth) }),
        ...(isRest && { isRest }),
        ...(isNamedRest && { isNamedRest }),
      },
    ];
  });
}

function classNode(node: SyntaxNode, decorators: readonly Expression[], depth: number): ClassNode {
  const bases = node.field('superclasses');
  return {
    name: node.field('name')?.text() ?? '',
    bases: (bases ? named(bases) : [])
      .filter((child) => child.kind() !== 'keyword_argument')
      .map((child) => typeExpression(child, depth)),
    decorators,
    fields: [],
    body: statements(node.field('body'), depth).map(asMethod),
    at: positionOf(node),
  };
}

/** `Optional[X]`, `X | None`, `"X"` and `Annotated[X, …]` are X. */
function typeExpression(node: SyntaxNode, depth: number): Expression {
  if (depth > MAX_DEPTH) return NOTHING;
  const children = named(node);
  switch (node.kind()) {
    case 'type':
    case 'type_parameter':
      return children[0] ? typeExpression(children[0], depth + 1) : NOTHING;
    case 'string': {
      const written = pythonText(node)?.trim() ?? '';
      return /^[A-Za-z_][\w.]*$/.test(written) ? dotted(written) : NOTHING;
    }
    case 'generic_type':
    case 'subscript': {
      const [outer, inner] = children;
      const wraps = ['Optional', 'Annotated', 'Type', 'type', 'Final', 'ClassVar'];
      const isWrapper = wraps.includes(outer?.text().split('.').at(-1) ?? '');
      const chosen = isWrapper ? inner : outer;
      return chosen ? typeExpression(chosen, depth + 1) : NOTHING;
    }
    case 'binary_operator':
    case 'union_type':
      return children[0] ? typeExpression(children[0], depth + 1) : NOTHING;
    default:
      return expression(node, depth);
  }
}

function imports(node: SyntaxNode): Statement[] {
  return named(node).map((child): Statement => {
    const alias = child.field('alias')?.text();
    const module = (child.field('name') ?? child).text();
    // `import a.b` binds `a`.
    if (alias === undefined) {
      return { is: 'import', module, name: module.split('.')[0] ?? module };
    }
    return { is: 'import', module, member: '', name: alias };
  });
}

function importsFrom(node: SyntaxNode): Statement[] {
  const module = node.field('module_name');
  const from = module?.text().replaceAll(/\s/g, '') ?? '';
  const rest = named(node).filter((child) => child.id() !== module?.id());
  return rest.map((child): Statement => {
    if (child.kind() === 'wildcard_import') {
      return { is: 'import', module: from, member: '*', name: '*' };
    }
    const member = (child.field('name') ?? child).text();
    return { is: 'import', module: from, member, name: child.field('alias')?.text() ?? member };
  });
}

function expressionOf(node: SyntaxNode | null, depth: number): Expression {
  return node === null ? NOTHING : expression(node, depth);
}

const EXPRESSIONS: Readonly<Record<string, (node: SyntaxNode, depth: number) => Expression>> = {
  identifier: (node) => name(node.text()),
  integer: (node) => text(node.text()),
  true: (node) => text(node.text()),
  false: (node) => text(node.text()),
  string: stringExpression,
  concatenated_string: (node, depth) => ({ is: 'join', parts: children(node, depth) }),
  attribute: (node, depth) => ({
    is: 'member',
    object: expressionOf(node.field('object'), depth),
    name: node.field('attribute')?.text() ?? '',
  }),
  call: (node, depth) => ({
    is: 'call',
    callee: expressionOf(node.field('function'), depth),
    arguments: callArguments(node.field('arguments'), depth),
    types: [],
    at: callPosition(node),
  }),
  binary_operator: (node, depth) =>
    node.field('operator')?.kind() === '+'
      ? { is: 'join', parts: children(node, depth) }
      : node.field('operator')?.kind() === '%'
        ? formatted(node, depth)
        : { is: 'other', parts: children(node, depth) },
  boolean_operator: (node, depth) => ({ is: 'either', options: children(node, depth) }),
  conditional_expression: (node, depth) => {
    const [yes, , no] = children(node, depth);
    return { is: 'either', options: [yes ?? NOTHING, no ?? NOTHING] };
  },
  parenthesized_expression: (node, depth) => children(node, depth)[0] ?? NOTHING,
  await: (node, depth) => children(node, depth)[0] ?? NOTHING,
  named_expression: (node, depth) => expressionOf(node.field('value'), depth),
  list: listExpression,
  list_comprehension: comprehension,
  set_comprehension: comprehension,
  generator_expression: comprehension,
  dictionary_comprehension: comprehension,
  // A tuple is a row of something.
  tuple: (node, depth) => ({ ...listExpression(node, depth), at: positionOf(node) }),
  set: listExpression,
  expression_list: listExpression,
  list_splat: (node, depth) => ({ is: 'spread', of: children(node, depth)[0] ?? NOTHING }),
  dictionary: (node, depth) => ({
    is: 'record',
    entries: named(node)
      .filter((child) => child.kind() === 'pair')
      .map((child) => ({
        key: expressionOf(child.field('key'), depth),
        value: expressionOf(child.field('value'), depth),
      })),
  }),
  subscript: (node, depth) => ({
    is: 'item',
    object: expressionOf(node.field('value'), depth),
    key: expressionOf(node.field('subscript'), depth),
  }),
  lambda: (node, depth) => {
    const body = node.field('body');
    return {
      is: 'function',
      function: {
        name: '',
        parameters: parameters(node.field('parameters'), depth),
        decorators: [],
        body: body ? [{ is: 'return', values: [expression(body, depth)] }] : [],
        at: positionOf(node),
      },
    };
  },
};

function expression(node: SyntaxNode, depth: number): Expression {
  if (depth > MAX_DEPTH) return NOTHING;
  const lower = EXPRESSIONS[node.kind()];
  if (lower) return lower(node, depth + 1);
  return node.isLeaf() ? NOTHING : { is: 'other', parts: children(node, depth + 1) };
}

/** `[body for x in xs if …]`: conditions count as met. */
function comprehension(node: SyntaxNode, depth: number): Expression {
  const item = node.field('body');
  const clauses = named(node).filter((child) => child.kind() === 'for_in_clause');
  const isMap = item?.kind() === 'pair';
  const values = isMap ? children(item, depth) : [expressionOf(item, depth)];
  let body: Statement[] = [{ is: 'return', values }];
  for (const clause of clauses.toReversed()) {
    body = [
      {
        is: 'each',
        targets: targets(clause.field('left'), depth),
        keyed: false,
        of: expressionOf(clause.field('right'), depth),
        body,
      },
    ];
  }
  const [loop] = body;
  return loop ? { is: 'collect', loop, isMap } : NOTHING;
}

function children(node: SyntaxNode, depth: number): Expression[] {
  return named(node).map((child) => expression(child, depth));
}

function named(node: SyntaxNode): SyntaxNode[] {
  return node.children().filter((child) => child.isNamed() && child.kind() !== 'comment');
}

function listExpression(node: SyntaxNode, depth: number): Expression & { is: 'list' } {
  return { is: 'list', items: children(node, depth) };
}

/** `"/%s/x" % name`: each conversion is a part of its own. */
function formatted(node: SyntaxNode, depth: number): Expression {
  const left = node.field('left');
  const right = node.field('right');
  const format = left ? pythonText(left) : undefined;
  if (format === undefined || right === null) return { is: 'other', parts: children(node, depth) };
  const values = right.kind() === 'tuple' ? children(right, depth) : [expression(right, depth)];
  const pieces = format.split(/%(?:\(\w+\))?[sdr]/);
  const parts = pieces.flatMap((piece, index) =>
    index === 0 ? [text(piece)] : [values[index - 1] ?? NOTHING, text(piece)],
  );
  return { is: 'join', parts };
}

function stringExpression(node: SyntaxNode, depth: number): Expression {
  const plain = pythonText(node);
  if (plain !== undefined) return text(plain);
  const parts = node.children().flatMap((child): Expression[] => {
    if (child.kind() === 'string_content') return [text(child.text())];
    if (child.kind() !== 'interpolation') return [];
    return [expressionOf(child.field('expression') ?? named(child)[0] ?? null, depth)];
  });
  return { is: 'join', parts };
}

function callArguments(node: SyntaxNode | null, depth: number): Argument[] {
  if (node === null) return [];
  if (node.kind() !== 'argument_list') return [{ value: expression(node, depth) }];
  return named(node).map((child): Argument => {
    if (child.kind() === 'dictionary_splat') {
      return { isNamedSpread: true, value: children(child, depth)[0] ?? NOTHING };
    }
    if (child.kind() !== 'keyword_argument') return { value: expression(child, depth) };
    return {
      name: child.field('name')?.text() ?? '',
      value: expressionOf(child.field('value'), depth),
    };
  });
}

/** Where the call begins, or the name of what is called where that stands on a later line. */
function callPosition(node: SyntaxNode) {
  const start = positionOf(node);
  const called = node.field('function')?.field('attribute');
  const at = called ? positionOf(called) : start;
  return at.line > start.line ? at : start;
}

function dotted(path: string): Expression {
  const [first, ...rest] = path.split('.');
  return rest.reduce<Expression>(
    (object, part) => ({ is: 'member', object, name: part }),
    name(first ?? ''),
  );
}
