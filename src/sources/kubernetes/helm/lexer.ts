import { TemplateError } from './template.ts';

/** Text, or what stands between `{{` and `}}`. */
export interface Segment {
  readonly is: 'text' | 'action';
  readonly text: string;
  readonly offset: number;
}

/** Splits a template into text and actions; `{{-` and `-}}` trim the text beside them, comments are
 *  dropped.
 *  @throws {TemplateError} */
export function segmentsOf(source: string): readonly Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  let trimNext = false;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    const end = open < 0 ? source.length : open;
    const trimsBefore = open >= 0 && /^-\s/.test(source.slice(open + 2, open + 4));
    pushText(segments, source.slice(at, end), at, trimNext, trimsBefore);
    if (open < 0) break;
    const close = endOfAction(source, open + 2);
    const start = open + 2 + (trimsBefore ? 1 : 0);
    trimNext = /\s-$/.test(source.slice(Math.max(start - 1, close - 2), close));
    const text = source.slice(start, trimNext ? close - 1 : close).trim();
    if (!text.startsWith('/*')) segments.push({ is: 'action', text, offset: open });
    at = close + 2;
  }
  return segments;
}

function pushText(
  segments: Segment[],
  raw: string,
  at: number,
  trimStart: boolean,
  trimEnd: boolean,
): void {
  const lead = trimStart ? raw.length - raw.trimStart().length : 0;
  const text = trimEnd ? raw.slice(lead).trimEnd() : raw.slice(lead);
  if (text !== '') segments.push({ is: 'text', text, offset: at + lead });
}

/** The `}}` that ends an action; those in its strings and comments do not. */
function endOfAction(source: string, start: number): number {
  const comment = /^-?\s*\/\*/.exec(source.slice(start, start + 16));
  if (comment) {
    const end = source.indexOf('*/', start + comment[0].length);
    const close = end < 0 ? -1 : source.indexOf('}}', end);
    if (close < 0) throw new TemplateError('a comment that does not end', start);
    return close;
  }
  for (let at = start; at < source.length; at++) {
    const character = source[at];
    if (character === '"' || character === '`' || character === "'") at = endOfQuote(source, at);
    else if (character === '}' && source[at + 1] === '}') return at;
  }
  throw new TemplateError('an action that does not end', start);
}

function endOfQuote(source: string, start: number): number {
  const quote = source[start];
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '\\' && quote !== '`') at++;
    else if (source[at] === quote) return at;
  }
  throw new TemplateError('a string that does not end', start);
}

export interface Token {
  readonly is: 'string' | 'number' | 'word' | 'dot' | 'variable' | 'sign';
  readonly text: string;
  /** Stands right behind what came before, as the fields of a parenthesis do. */
  readonly isGlued: boolean;
}

const TOKEN =
  /(\s+)|("(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)*')|([+-]?(?:0[xX][\da-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?))|(\.[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*|\.)|(\$\w*(?:\.[A-Za-z_]\w*)*)|([A-Za-z_]\w*)|(:=|[=|(),])/sy;

/** The words of an action.
 *  @throws {TemplateError} */
export function tokensOf(text: string, offset: number): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  let isGlued = false;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) throw new TemplateError(`unexpected ${text.slice(at, at + 20)}`, offset);
    const [, space, quoted, number, dot, variable, word, sign] = match;
    if (space !== undefined) {
      isGlued = false;
      continue;
    }
    if (quoted !== undefined) tokens.push({ is: 'string', text: unquote(quoted), isGlued });
    else if (number !== undefined) tokens.push({ is: 'number', text: number, isGlued });
    else if (dot !== undefined) tokens.push({ is: 'dot', text: dot, isGlued });
    else if (variable !== undefined) tokens.push({ is: 'variable', text: variable, isGlued });
    else if (word !== undefined) tokens.push({ is: 'word', text: word, isGlued });
    else tokens.push({ is: 'sign', text: sign ?? '', isGlued });
    isGlued = true;
  }
  return tokens;
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

function unquote(quoted: string): string {
  const body = quoted.slice(1, -1);
  if (quoted[0] === '`') return body;
  return body.replace(/\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|(.))/gs, (_, unicode, hex, other) =>
    other === undefined
      ? String.fromCharCode(Number.parseInt(unicode ?? hex, 16))
      : (ESCAPES[other] ?? other),
  );
}
