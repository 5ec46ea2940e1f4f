import type { SyntaxNode } from '../parse.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

/** The text of a string literal; undefined where parts of it are computed. */
export function pythonText(node: SyntaxNode): string | undefined {
  if (node.kind() !== 'string') return undefined;
  const children = node.children();
  if (children.some((child) => child.kind() === 'interpolation')) return undefined;
  const prefix = children.find((child) => child.kind() === 'string_start')?.text() ?? '';
  const content = children
    .filter((child) => child.kind() === 'string_content')
    .map((child) => child.text())
    .join('');
  if (/^[a-zA-Z]*[rR]/.test(prefix)) return content;
  return content.replaceAll(
    /\\([\s\S])/g,
    (whole, character: string) => ESCAPES[character] ?? whole,
  );
}
