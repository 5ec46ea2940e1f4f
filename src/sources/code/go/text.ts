import type { SyntaxNode } from '../parse.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** The text of a string literal; undefined for anything else. */
export function goText(node: SyntaxNode): string | undefined {
  const written = node.text();
  if (node.kind() === 'raw_string_literal') return written.slice(1, -1);
  if (node.kind() !== 'interpreted_string_literal') return undefined;
  return written
    .slice(1, -1)
    .replaceAll(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character);
}
