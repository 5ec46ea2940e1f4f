import type { SyntaxNode } from '../parse.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };

/** The text of a string literal; undefined for anything else. */
export function csharpText(node: SyntaxNode): string | undefined {
  const written = node.text();
  switch (String(node.kind())) {
    case 'string_literal':
      return written
        .slice(1, -1)
        .replaceAll(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character);
    case 'verbatim_string_literal':
      return written.slice(2, -1).replaceAll('""', '"');
    case 'raw_string_literal':
      return written.replaceAll(/^"+|"+$/g, '').trim();
    default:
      return undefined;
  }
}
