import type { Source } from '../../estate/index.ts';
import { toYaml } from './yaml.ts';

/** A mapping that stands in a list, with a comment above it. Use it with `toCommentedYaml` only. */
export function commented(
  comment: string,
  value: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return { [MARK]: oneLine(comment), ...value };
}

/** In no object that a target is made of. */
const MARK = '#';
const MARKED = /^( *)- '#': (.*)\n +/gm;
const MAX_COMMENT = 200;

/** The text of a YAML document; `commented` mappings have their comments on a line above. */
export function toCommentedYaml(value: unknown): string {
  return toYaml(value).replace(MARKED, (_, indent: string, comment: string) => {
    return `${indent}# ${unquoted(comment)}\n${indent}- `;
  });
}

/** Where something is declared, for a comment. */
export function declaredIn(sources: readonly Source[]): string {
  const places = sources.map(({ file, line }) => (line === undefined ? file : `${file}:${line}`));
  return [...new Set(places)].sort().join(', ');
}

/** Comments end with their line, whatever is in them. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that would end it
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g, ' ').trim();
  return plain.length > MAX_COMMENT ? `${plain.slice(0, MAX_COMMENT)}…` : plain;
}

function unquoted(scalar: string): string {
  if (scalar.startsWith("'")) return scalar.slice(1, -1).replaceAll("''", "'");
  return scalar.startsWith('"') ? oneLine(scalar.slice(1, -1)) : scalar;
}
