import type { Syntax } from './match.ts';

/** How each syntax writes a literal. */

const MAX_VALUE = 4_096;

/** Matches a sticky pattern at one offset. */
export function sticky(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** A literal in a text: its offsets, quotes left off. */
export interface Literal {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

/** The literal that begins here, as the syntax writes it. */
export function valueAt(text: string, at: number, syntax: Syntax): Literal | undefined {
  const quoted = quotedAt(text, at);
  // Back quotes run a command in a shell.
  if (quoted) return syntax === 'shell' && text[at] === '`' ? undefined : quoted;
  return plainRun(text, at, PLAIN[syntax]);
}

/** Unquoted values; nothing matches where the syntax has none. Ends are trimmed by `plainRun`. */
const PLAIN: Readonly<Record<Syntax, RegExp>> = {
  env: /[^\s"'`;|<>()][^\s"'`]{0,1000}/y,
  shell: /[^\s"'`;&|<>()][^\s"'`;&|<>()]{0,1000}/y,
  dockerfile: /[^\s"'`;&|<>()][^\s"'`;&|<>()]{0,1000}/y,
  properties: /[^\s"'`;#][^\r\n]{0,1000}/y,
  yaml: /[^\s"'`#,[\]{}&*!|>%@][^\r\n]{0,1000}/y,
  json: /[0-9]{4,20}(?=\s*[,}\r\n])/y,
  xml: /[^<>\r\n]{1,1000}(?=<)/y,
  code: /(?!)/y,
  sql: /(?!)/y,
  docs: /(?<==)[^\s"'`;&|<>(){}[\],]{1,400}/y,
};

/** An unquoted literal that a sticky pattern matches here, blanks and comments at its end left off. */
export function plainRun(text: string, at: number, pattern: RegExp): Literal | undefined {
  const match = sticky(pattern, text, at);
  if (!match || text[at + match[0].length] === '(') return undefined;
  let value = match[0].replace(/\s+[#;].*$/, '').trimEnd();
  if (pattern === PLAIN.yaml && isInFlow(text, at)) value = value.replace(/\s*[,}\]].*$/, '');
  return value === '' ? undefined : { start: at, end: at + value.length, quoted: false };
}

/** Whether a brace or bracket opened on this line is still open. */
function isInFlow(text: string, at: number): boolean {
  const before = text.slice(Math.max(text.lastIndexOf('\n', at - 1) + 1, at - 500), at);
  const depth = (before.match(/[{[](?!\{)/g)?.length ?? 0) - (before.match(/[}\]]/g)?.length ?? 0);
  return depth > 0;
}

const OPENING = /(?:@|\$|[rbuRBU]{1,2}|new String\()?(\\?)("""|'''|["'`])/y;

/** A quoted literal on one line, its quotes left off; also within another literal, with its quotes
 *  escaped. */
export function quotedAt(text: string, at: number): Literal | undefined {
  const open = sticky(OPENING, text, at);
  if (!open) return undefined;
  const start = open.index + open[0].length;
  const close = `${open[1] ?? ''}${open[2] ?? ''}`;
  for (
    let end = text.indexOf(close, start);
    end !== -1 && end - start <= MAX_VALUE;
    end = text.indexOf(close, end + 1)
  ) {
    const body = text.slice(start, end);
    if (body.includes('\n')) return undefined;
    const isEscaped = close.length === 1 && /(?<!\\)(?:\\\\)*\\$/.test(body.slice(-20));
    if (!isEscaped) return { start, end, quoted: true };
  }
  return undefined;
}
