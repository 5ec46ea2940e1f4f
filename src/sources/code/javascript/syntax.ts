import type { SyntaxNode } from '../parse.ts';

/** Small questions to nodes of the JavaScript and TypeScript grammars. */

/** The children that mean something: no punctuation, no comments. */
export function partsOf(node: SyntaxNode): SyntaxNode[] {
  return node.children().filter((child) => child.isNamed() && child.kind() !== 'comment');
}

export function fieldOf(node: SyntaxNode, name: string): SyntaxNode | undefined {
  return node.field(name) ?? undefined;
}

export function textOf(node: SyntaxNode | undefined): string {
  return node?.text() ?? '';
}

/** Decorators of a class or member: inside the node, before it, or before the `export` around it. */
export function decoratorsOf(node: SyntaxNode): SyntaxNode[] {
  const own = node.children().filter((child) => child.kind() === 'decorator');
  const before: SyntaxNode[] = [];
  for (let sibling = node.prev(); sibling !== null; sibling = sibling.prev()) {
    if (sibling.kind() === 'decorator') before.unshift(sibling);
    else if (sibling.kind() !== 'comment' && !DECORATED_WORDS.has(sibling.kind() as string)) break;
  }
  const parent = node.parent();
  const outer = parent?.kind() === 'export_statement' ? decoratorsOf(parent) : [];
  return [...new Map([...outer, ...before, ...own].map((each) => [each.id(), each])).values()];
}

const DECORATED_WORDS = new Set(['export', 'default', 'abstract']);

/** `@Get(':id')` as its name and arguments. */
export interface Decorator {
  readonly name: string;
  readonly arguments: readonly SyntaxNode[];
  readonly node: SyntaxNode;
}

export function toDecorator(node: SyntaxNode): Decorator | undefined {
  const expression = partsOf(node)[0];
  if (expression === undefined) return undefined;
  const isCall = expression.kind() === 'call_expression';
  const callee = isCall ? fieldOf(expression, 'function') : expression;
  const name = textOf(callee);
  const list = isCall ? fieldOf(expression, 'arguments') : undefined;
  return {
    name: name.slice(name.lastIndexOf('.') + 1),
    arguments: list ? partsOf(list) : [],
    node,
  };
}

/** The text of a string literal with its escapes undone. */
export function stringOf(node: SyntaxNode): string {
  return withoutEscapes(node.text().slice(1, -1));
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0' };

/** Undoes the escapes of a literal. */
export function withoutEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/g,
    (_, braced?: string, four?: string, two?: string, one?: string) => {
      const code = braced ?? four ?? two;
      if (code === undefined) return ESCAPES[one ?? ''] ?? one ?? '';
      const point = Number.parseInt(code, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : '';
    },
  );
}
