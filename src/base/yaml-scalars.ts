import {
  boolCoreTag,
  CHOMPING_MODE,
  EVENT_ID,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  NOT_RESOLVED,
  nullCoreTag,
  SCALAR_STYLE,
  type ScalarEvent,
} from 'js-yaml';
import {
  BACKSLASH,
  BEYOND,
  DOUBLE,
  isIn,
  NEWLINE,
  PIPE,
  SIMPLE_ESCAPES,
  SINGLE,
  SPACE,
  TAB,
} from './yaml-characters.ts';

const TYPED_TAGS = [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag];

const HEX_ESCAPES: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const CHOMPING: Readonly<Record<number, ScalarEvent['chomping']>> = {
  43: CHOMPING_MODE.KEEP, // `+`
  45: CHOMPING_MODE.STRIP, // `-`
};

/** Null, a boolean or a number where the text is one in YAML's core schema, else the text.
 *  @see YAML 1.2.2, §10.3.2 */
export function typedScalar(source: string): unknown {
  for (const tag of TYPED_TAGS) {
    const value: unknown = tag.resolve(source, false, tag.tagName);
    if (value !== NOT_RESOLVED) return value;
  }
  return source;
}

/** A scalar as the complete parser describes it, so that it can be decoded by it. */
export function scalarEvent(start: number, end: number, style: ScalarEvent['style']): ScalarEvent {
  return {
    type: EVENT_ID.SCALAR,
    valueStart: start,
    valueEnd: end,
    anchorStart: -1,
    anchorEnd: -1,
    tagStart: -1,
    tagEnd: -1,
    style,
    chomping: CHOMPING_MODE.CLIP,
    indent: -1,
    fast: false,
  };
}

/** The offset of the quote that ends a single-quoted scalar whose text begins at `start`; lines
 *  inside it must be indented by `indent` or more. */
export function singleQuotedEnd(text: string, start: number, indent: number): number {
  for (let at = start; ; at++) {
    const code = text.charCodeAt(at);
    if (code === SINGLE) {
      if (text.charCodeAt(at + 1) !== SINGLE) return at;
      at++;
    } else if (code === NEWLINE) at = foldedLine(text, at, indent);
    else if (code === TAB || Number.isNaN(code)) throw BEYOND;
  }
}

/** The same of a double-quoted scalar. */
export function doubleQuotedEnd(text: string, start: number, indent: number): number {
  for (let at = start; ; at++) {
    const code = text.charCodeAt(at);
    if (code === DOUBLE) return at;
    if (code === BACKSLASH) {
      const escaped = text.charCodeAt(++at);
      if (escaped === NEWLINE) at = foldedLine(text, at, indent);
      else if (!isIn(SIMPLE_ESCAPES, escaped)) at += hexLength(text, at);
    } else if (code === NEWLINE) at = foldedLine(text, at, indent);
    else if (code === TAB || Number.isNaN(code)) throw BEYOND;
  }
}

/** How many digits the numeric escape at `at` has. */
function hexLength(text: string, at: number): number {
  const length = HEX_ESCAPES[text.charAt(at)] ?? 0;
  const digits = text.slice(at + 1, at + 1 + length);
  if (length === 0 || !/^[0-9a-fA-F]+$/.test(digits) || digits.length < length) throw BEYOND;
  return length;
}

/** Passes blank lines inside a quoted scalar, from the newline at `at`; gives the offset before
 *  the next text. */
function foldedLine(text: string, at: number, indent: number): number {
  let line = at + 1;
  for (;;) {
    let next = line;
    while (text.charCodeAt(next) === SPACE) next++;
    if (text.charCodeAt(next) !== NEWLINE) {
      if (next - line < Math.max(indent, 1)) throw BEYOND;
      return next - 1;
    }
    line = next + 1;
  }
}

/** A block scalar as it stands in a text. */
export interface BlockScalar {
  readonly value: string;
  /** Where its first line begins. */
  readonly start: number;
  /** Where the line behind it begins. */
  readonly end: number;
}

/** Reads the literal or folded block scalar whose `|` or `>` stands at `at`; its lines are indented by
 *  `indent` or more. */
export function readBlockScalar(text: string, at: number, indent: number): BlockScalar {
  const chomping = CHOMPING[text.charCodeAt(at + 1)];
  const header = at + (chomping === undefined ? 1 : 2);
  const headerEnd = text.indexOf('\n', header);
  if (headerEnd === -1 || !/^ *$/.test(text.slice(header, headerEnd))) throw BEYOND;
  const start = headerEnd + 1;
  const lines = blockLines(text, start, Math.max(indent, 1));
  const isLiteral = text.charCodeAt(at) === PIPE;
  const value =
    isLiteral && !lines.isPadded
      ? literalValue(text.slice(start, lines.end), lines.contentIndent, chomping)
      : getScalarValue(text, {
          ...scalarEvent(
            start,
            lines.end,
            isLiteral ? SCALAR_STYLE.LITERAL_BLOCK : SCALAR_STYLE.FOLDED_BLOCK,
          ),
          chomping: chomping ?? CHOMPING_MODE.CLIP,
          indent: lines.contentIndent,
        });
  return { value, start, end: lines.end };
}

/** The value of a literal block without blank lines that hold spaces: prose, for the most part, so
 *  it is taken whole rather than line by line. */
function literalValue(
  region: string,
  indent: number,
  chomping: ScalarEvent['chomping'] | undefined,
): string {
  const text = `\n${region}`.replaceAll(`\n${' '.repeat(indent)}`, '\n');
  let end = text.length;
  while (text.charCodeAt(end - 1) === NEWLINE) end--;
  const content = text.slice(1, end);
  if (chomping === CHOMPING_MODE.STRIP) return content;
  const breaks = chomping === CHOMPING_MODE.KEEP ? Math.max(1, text.length - end) : 1;
  return content + '\n'.repeat(breaks);
}

/** The lines of a block scalar: up to the first with text that is indented less than the first with
 *  text. */
function blockLines(text: string, start: number, indent: number) {
  let contentIndent = -1;
  let blankIndent = 0;
  let isPadded = false;
  let line = start;
  while (line < text.length) {
    let at = line;
    while (text.charCodeAt(at) === SPACE) at++;
    const newline = text.indexOf('\n', at);
    if (newline === -1 && at >= text.length) throw BEYOND;
    const column = at - line;
    if (newline === at) {
      if (column > 0) isPadded = true;
      if (contentIndent === -1) blankIndent = Math.max(blankIndent, column);
    } else if (column < (contentIndent === -1 ? indent : contentIndent)) {
      if (text.charCodeAt(at) === TAB) throw BEYOND;
      break;
    } else if (contentIndent === -1) {
      if (column < blankIndent || text.charCodeAt(at) === TAB) throw BEYOND;
      contentIndent = column;
    }
    line = newline === -1 ? text.length : newline + 1;
  }
  if (contentIndent === -1) throw BEYOND;
  return { end: line, contentIndent, isPadded };
}
