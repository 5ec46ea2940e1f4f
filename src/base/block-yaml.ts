import { getScalarValue, SCALAR_STYLE } from 'js-yaml';
import { PlaceRows } from './place-rows.ts';
import { SharedWords } from './shared-words.ts';
import {
  BACKSLASH,
  BEYOND,
  beyond,
  CLOSE_LIST,
  CLOSE_MAP,
  COLON,
  COMMA,
  DASH,
  DOUBLE,
  FLOW_INDICATORS,
  FLOW_WORD_INDICATORS,
  GREATER,
  HASH,
  INDICATORS,
  isDigit,
  isIn,
  NEWLINE,
  OPEN_LIST,
  OPEN_MAP,
  PIPE,
  SINGLE,
  SPACE,
  TAB,
  TYPED_STARTS,
  WORD_INDICATORS,
} from './yaml-characters.ts';
import {
  doubleQuotedEnd,
  readBlockScalar,
  scalarEvent,
  singleQuotedEnd,
  typedScalar,
} from './yaml-scalars.ts';

/** A document, as the plain reader understood it. */
export interface PlainDocument {
  readonly value: unknown;
  readonly rows: PlaceRows;
  /** Offsets of keys that stand a second time in their mapping. */
  readonly duplicates: readonly number[];
}

/** Nesting beyond this is left to the complete parser and its limits. */
const MAX_DEPTH = 60;

/** Characters that YAML does not allow, and those that end lines or hide in them and would need
 *  care: documents that hold them are left to the complete parser. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to look for
const UNUSUAL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufeff\ufffe\uffff]/;

/** Reads the part of YAML that most files keep to: block mappings and sequences, plain, quoted and
 *  block scalars, flow collections; no anchors, tags, complex keys or tabs. It reads several times
 *  faster than the complete parser and gives the same values. Where it meets anything else it gives
 *  undefined, valid or not, and the complete parser must decide.
 *  @see YAML 1.2.2, §6 to 8 */
export function readPlainYaml(text: string, maxDepth: number): PlainDocument | undefined {
  if (UNUSUAL.test(text) || !text.isWellFormed()) return undefined;
  try {
    return new PlainReader(text, Math.min(MAX_DEPTH, maxDepth - 2)).read();
  } catch (thrown) {
    if (thrown === BEYOND) return undefined;
    throw thrown;
  }
}

class PlainReader {
  readonly #text: string;
  readonly #end: number;
  readonly #rows: PlaceRows;
  readonly #duplicates: number[] = [];
  /** Where reading goes on. Between nodes: at the first character of a line that holds something. */
  #at = 0;
  /** The column of `#at` between nodes; -1 behind the last line. */
  #column = -1;
  #depth = 0;
  readonly #words: SharedWords;
  readonly #maxDepth: number;
  /** Set by the readers of keys: where the key's text ends and its value may begin. */
  #keyEnd = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#words = new SharedWords(text);
    this.#maxDepth = maxDepth;
    this.#end = text.length;
    this.#rows = new PlaceRows(text.length >> 5, (offset) => this.#keyAt(offset, this.#end));
  }

  read(): PlainDocument {
    if (this.#text.startsWith('---')) {
      this.#at = 3;
      this.#restOfLine();
    } else this.#toContent(0);
    if (this.#column === -1 || /^(?:---|\.\.\.)/.test(this.#text.slice(this.#at, this.#at + 3))) {
      throw BEYOND;
    }
    const value = this.#node(this.#column - 1, -1);
    if (this.#column !== -1) throw BEYOND;
    return { value, rows: this.#rows, duplicates: this.#duplicates };
  }

  /** Goes to the next line that holds something, from the beginning of a line. */
  #toContent(lineStart: number): void {
    const text = this.#text;
    let line = lineStart;
    while (line < this.#end) {
      let at = line;
      while (text.charCodeAt(at) === SPACE) at++;
      const code = text.charCodeAt(at);
      if (code !== NEWLINE && code !== HASH && at < this.#end) {
        if (code === TAB) throw BEYOND;
        // Document markers, and what looks like them.
        if (at === line && (code === DASH || code === 0x2e) && text.charCodeAt(at + 1) === code) {
          throw BEYOND;
        }
        this.#at = at;
        this.#column = at - line;
        return;
      }
      const newline = text.indexOf('\n', at);
      line = newline === -1 ? this.#end : newline + 1;
    }
    this.#at = this.#end;
    this.#column = -1;
  }

  /** What follows a complete node on its line must be blank or a comment; then to the next line. */
  #restOfLine(): void {
    const text = this.#text;
    let at = this.#at;
    while (text.charCodeAt(at) === SPACE) at++;
    const code = text.charCodeAt(at);
    if (code === HASH) {
      if (at === this.#at) throw BEYOND;
      at = text.indexOf('\n', at);
      if (at === -1) at = this.#end;
    } else if (code !== NEWLINE && at < this.#end) throw BEYOND;
    this.#toContent(at + 1);
  }

  /** A block node that begins at `#at`, the first of its line or behind `- `. `indent` is the column
   *  of what holds it; `key` the offset of its key. */
  #node(indent: number, key: number): unknown {
    const column = this.#column;
    const code = this.#text.charCodeAt(this.#at);
    if (code === DASH && this.#isBlankAt(this.#at + 1)) return this.#sequence(column, key);
    const keyText = this.#tryKey();
    if (keyText !== undefined) return this.#mapping(column, key, keyText);
    return this.#inline(indent, key);
  }

  #enter(): void {
    if (++this.#depth > this.#maxDepth) throw BEYOND;
  }

  #sequence(column: number, key: number): unknown[] {
    this.#enter();
    const row = this.#rows.add(this.#at, key);
    const items: unknown[] = [];
    while (this.#column === column && this.#isDash()) {
      let at = this.#at + 1;
      while (this.#text.charCodeAt(at) === SPACE) at++;
      const code = this.#text.charCodeAt(at);
      if (code === NEWLINE || at >= this.#end || code === HASH) {
        const dash = this.#at;
        this.#at++;
        this.#restOfLine();
        items.push(this.#column > column ? this.#node(column, -1) : this.#empty(dash, -1));
      } else {
        this.#column = column + at - this.#at;
        this.#at = at;
        items.push(this.#node(column, -1));
      }
    }
    // A line indented too deep fits no collection around either.
    this.#rows.close(row);
    this.#depth--;
    return items;
  }

  #mapping(column: number, key: number, firstName: string): Record<string, unknown> {
    this.#enter();
    const row = this.#rows.add(this.#at, key);
    const members: Record<string, unknown> = {};
    let isSparse = false;
    let name = firstName;
    for (;;) {
      if (name === '<<' || name === '__proto__') throw BEYOND;
      if (Object.hasOwn(members, name)) this.#duplicates.push(this.#at);
      const value = this.#memberValue(column);
      if (!isSparse && isDigit(name.charCodeAt(0))) isSparse = makeSparse(members);
      members[name] = value;
      if (this.#column !== column) break;
      const next = this.#tryKey();
      if (next === undefined) throw BEYOND;
      name = next;
    }
    this.#rows.close(row);
    this.#depth--;
    return members;
  }

  /** The value behind the key at `#at`, which `#tryKey` has just read. */
  #memberValue(column: number): unknown {
    const key = this.#at;
    let at = this.#keyEnd;
    while (this.#text.charCodeAt(at) === SPACE) at++;
    const code = this.#text.charCodeAt(at);
    const isNested = code === NEWLINE || at >= this.#end || code === HASH;
    if (!isNested) {
      this.#at = at;
      return this.#inline(column, key);
    }
    this.#at = this.#keyEnd;
    this.#restOfLine();
    if (this.#column > column) return this.#node(column, key);
    if (this.#column === column && this.#isDash()) return this.#sequence(column, key);
    return this.#empty(key, key);
  }

  #empty(place: number, key: number): null {
    this.#rows.close(this.#rows.add(place, key));
    return null;
  }

  /** A scalar or flow collection at `#at`, held by a node at column `indent`. */
  #inline(indent: number, key: number): unknown {
    const start = this.#at;
    const code = this.#text.charCodeAt(start);
    if (code === OPEN_LIST || code === OPEN_MAP) {
      const value = this.#flow(indent + 1, key);
      this.#restOfLine();
      return value;
    }
    if (code === PIPE || code === GREATER) return this.#blockScalar(indent + 1, key);
    this.#rows.close(this.#rows.add(start, key));
    if (code === DOUBLE || code === SINGLE) {
      const value = this.#quoted(indent + 1, code);
      this.#restOfLine();
      return value;
    }
    return this.#plain(indent + 1);
  }

  /** The key that begins at `#at` if there is one on this line; `#keyEnd` is then behind its colon. */
  #tryKey(isInFlow = false): string | undefined {
    const code = this.#text.charCodeAt(this.#at);
    if (code === DOUBLE || code === SINGLE) {
      const close = this.#text.indexOf(code === DOUBLE ? '"' : "'", this.#at + 1);
      if (close === -1) throw BEYOND;
      let colon = close + 1;
      while (this.#text.charCodeAt(colon) === SPACE) colon++;
      if (this.#text.charCodeAt(colon) !== COLON) {
        // A scalar, unless the quote found was escaped and a colon comes later.
        return this.#mayBeScalar(code, close) ? undefined : beyond();
      }
      if (!isInFlow && !this.#isBlankAt(colon + 1)) throw BEYOND;
      const inside = this.#words.cut(this.#at + 1, close);
      if (inside.includes('\\') || inside.includes('\n') || inside.includes('\t')) throw BEYOND;
      this.#keyEnd = colon + 1;
      return inside;
    }
    if (isIn(INDICATORS, code)) return undefined;
    return this.#plainKey();
  }

  #mayBeScalar(quote: number, close: number): boolean {
    const isEscaped =
      this.#text.charCodeAt(quote === DOUBLE ? close - 1 : close + 1) ===
      (quote === DOUBLE ? BACKSLASH : SINGLE);
    if (!isEscaped) return true;
    const newline = this.#text.indexOf('\n', close);
    const line = this.#text.slice(close, newline === -1 ? this.#end : newline);
    return !line.includes(':');
  }

  #plainKey(): string | undefined {
    const text = this.#text;
    for (let at = this.#at; ; at++) {
      const code = text.charCodeAt(at);
      if (code === COLON) {
        if (!this.#isBlankAt(at + 1)) continue;
        let end = at;
        while (text.charCodeAt(end - 1) === SPACE) end--;
        this.#keyEnd = at + 1;
        return this.#keyAt(this.#at, end);
      }
      if (code === NEWLINE || Number.isNaN(code)) return undefined;
      if (code === TAB) throw BEYOND;
      if (code === HASH && text.charCodeAt(at - 1) === SPACE) return undefined;
    }
  }

  /** The name of the key that begins at `start`. Numbers and the like become what their value is
   *  called. `limit` is known while reading and searched for later. */
  #keyAt(start: number, limit: number): string {
    const quote = this.#text.charCodeAt(start);
    if (quote === DOUBLE || quote === SINGLE) {
      const close = this.#text.indexOf(quote === DOUBLE ? '"' : "'", start + 1);
      return this.#text.slice(start + 1, close);
    }
    const source = limit === this.#end ? this.#plainKeyText(start) : this.#words.cut(start, limit);
    return isIn(TYPED_STARTS, quote) ? String(typedScalar(source)) : source;
  }

  /** The text of a plain key, in a block or flow mapping. */
  #plainKeyText(start: number): string {
    let end = this.#text.indexOf(':', start);
    while (end !== -1 && !this.#isBlankAt(end + 1)) end = this.#text.indexOf(':', end + 1);
    while (this.#text.charCodeAt(end - 1) === SPACE) end--;
    return this.#text.slice(start, end);
  }

  #isBlankAt(at: number): boolean {
    const code = this.#text.charCodeAt(at);
    if (code === TAB) throw BEYOND;
    return code === SPACE || code === NEWLINE || at >= this.#end;
  }

  #isDash(): boolean {
    return this.#text.charCodeAt(this.#at) === DASH && this.#isBlankAt(this.#at + 1);
  }

  /** A plain scalar outside flow collections; lines indented by `indent` or more continue it. */
  #plain(indent: number): unknown {
    const start = this.#at;
    const first = this.#text.charCodeAt(start);
    if (isIn(INDICATORS, first) && !(isIn(WORD_INDICATORS, first) && !this.#isBlankAt(start + 1))) {
      throw BEYOND;
    }
    let end = this.#plainLine(start);
    let isFolded = false;
    let hasComment = this.#text.charCodeAt(this.#at) === HASH;
    for (;;) {
      this.#toNextLine();
      if (this.#column < indent || hasComment) break;
      if (this.#commentAbove(end)) throw BEYOND;
      isFolded = true;
      end = this.#plainLine(this.#at);
      hasComment = this.#text.charCodeAt(this.#at) === HASH;
    }
    if (this.#column >= indent) throw BEYOND;
    if (isFolded) {
      return typedScalar(getScalarValue(this.#text, scalarEvent(start, end, SCALAR_STYLE.PLAIN)));
    }
    const source = this.#words.cut(start, end);
    return isIn(TYPED_STARTS, source.charCodeAt(0)) ? typedScalar(source) : source;
  }

  /** The end of a plain scalar's text on the line of `start`; `#at` stops at its comment or newline. */
  #plainLine(start: number): number {
    const text = this.#text;
    let end = start;
    for (let at = start; ; at++) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE || Number.isNaN(code)) {
        this.#at = at;
        return end;
      }
      if (code === COLON) {
        if (this.#isBlankAt(at + 1)) throw BEYOND;
      } else if (code === HASH && (at === start || text.charCodeAt(at - 1) === SPACE)) {
        this.#at = at;
        return end;
      } else if (code === TAB) throw BEYOND;
      if (code !== SPACE) end = at + 1;
    }
  }

  #toNextLine(): void {
    const newline = this.#text.indexOf('\n', this.#at);
    this.#toContent(newline === -1 ? this.#end : newline + 1);
  }

  /** Whether a comment stands between `end` and the line that is read next. */
  #commentAbove(end: number): boolean {
    return this.#text.slice(end, this.#at).includes('#');
  }

  /** A quoted scalar; lines inside it must be indented by `indent` or more. */
  #quoted(indent: number, quote: number): string {
    const text = this.#text;
    const start = this.#at + 1;
    const mark = quote === DOUBLE ? '"' : "'";
    const close = text.indexOf(mark, start);
    if (close === -1) throw BEYOND;
    const simple = this.#words.cut(start, close);
    const hasNext = quote === SINGLE && text.charCodeAt(close + 1) === SINGLE;
    if (!hasNext && !/[\\\n\t]/.test(simple)) {
      this.#at = close + 1;
      return simple;
    }
    const endOf = quote === DOUBLE ? doubleQuotedEnd : singleQuotedEnd;
    const end = endOf(text, start, indent);
    this.#at = end + 1;
    const style = quote === DOUBLE ? SCALAR_STYLE.DOUBLE_QUOTED : SCALAR_STYLE.SINGLE_QUOTED;
    return getScalarValue(text, scalarEvent(start, end, style));
  }

  #blockScalar(indent: number, key: number): string {
    const { value, start, end } = readBlockScalar(this.#text, this.#at, indent);
    this.#rows.close(this.#rows.add(start, key));
    this.#toContent(end);
    if (this.#column >= indent) throw BEYOND;
    return value;
  }

  /** A flow collection at `#at`, whose lines are indented by `indent` or more. */
  #flow(indent: number, key: number): unknown {
    this.#enter();
    const row = this.#rows.add(this.#at, key);
    const isMap = this.#text.charCodeAt(this.#at) === OPEN_MAP;
    this.#at++;
    const value = isMap ? this.#flowMapping(indent) : this.#flowSequence(indent);
    this.#rows.close(row);
    this.#depth--;
    return value;
  }

  #flowSequence(indent: number): unknown[] {
    const items: unknown[] = [];
    for (;;) {
      this.#flowSpace(indent);
      if (this.#takeIf(CLOSE_LIST)) return items;
      items.push(this.#flowNode(indent, -1));
      this.#flowSpace(indent);
      if (!this.#takeIf(COMMA) && this.#text.charCodeAt(this.#at) !== CLOSE_LIST) throw BEYOND;
    }
  }

  #flowMapping(indent: number): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    let isSparse = false;
    for (;;) {
      this.#flowSpace(indent);
      if (this.#takeIf(CLOSE_MAP)) return members;
      const key = this.#at;
      const name = this.#flowKey();
      if (name === '<<' || name === '__proto__') throw BEYOND;
      if (Object.hasOwn(members, name)) this.#duplicates.push(key);
      this.#flowSpace(indent);
      const value = this.#flowNode(indent, key);
      if (!isSparse && isDigit(name.charCodeAt(0))) isSparse = makeSparse(members);
      members[name] = value;
      this.#flowSpace(indent);
      if (!this.#takeIf(COMMA) && this.#text.charCodeAt(this.#at) !== CLOSE_MAP) throw BEYOND;
    }
  }

  /** A key and its colon, on one line, with something blank behind. */
  #flowKey(): string {
    const name = this.#tryKey(true);
    if (name === undefined) throw BEYOND;
    const isQuoted =
      this.#text.charCodeAt(this.#at) === DOUBLE || this.#text.charCodeAt(this.#at) === SINGLE;
    const source = this.#text.slice(this.#at, this.#keyEnd);
    if (!isQuoted && /[,[\]{}]/.test(source)) throw BEYOND;
    this.#at = this.#keyEnd;
    return name;
  }

  #flowNode(indent: number, key: number): unknown {
    const start = this.#at;
    const code = this.#text.charCodeAt(start);
    if (code === OPEN_LIST || code === OPEN_MAP) return this.#flow(indent, key);
    this.#rows.close(this.#rows.add(start, key));
    if (code === DOUBLE || code === SINGLE) {
      const value = this.#quoted(indent, code);
      if (this.#text.charCodeAt(this.#at) === COLON) throw BEYOND;
      return value;
    }
    return this.#flowPlain(start);
  }

  #flowPlain(start: number): unknown {
    if (isIn(INDICATORS, this.#text.charCodeAt(start))) {
      const next = this.#text.charCodeAt(start + 1);
      const isWord = isIn(FLOW_WORD_INDICATORS, this.#text.charCodeAt(start));
      if (!isWord || this.#isBlankAt(start + 1) || isIn(FLOW_INDICATORS, next)) throw BEYOND;
    }
    let end = start;
    for (let at = start; ; at++) {
      const code = this.#text.charCodeAt(at);
      if (isIn(FLOW_INDICATORS, code)) {
        this.#at = at;
        break;
      }
      if (code === NEWLINE && this.#endsFlowItem(at)) {
        this.#at = at;
        break;
      }
      // Over several lines, with a comment behind, or the key of a single pair.
      if (code === NEWLINE || code === HASH || code === TAB || Number.isNaN(code)) throw BEYOND;
      if (code === COLON) {
        const next = this.#text.charCodeAt(at + 1);
        if (this.#isBlankAt(at + 1) || isIn(FLOW_INDICATORS, next)) throw BEYOND;
      }
      if (code !== SPACE) end = at + 1;
    }
    const source = this.#words.cut(start, end);
    return isIn(TYPED_STARTS, source.charCodeAt(0)) ? typedScalar(source) : source;
  }

  /** Whether the next thing behind a newline ends the item before it. */
  #endsFlowItem(newline: number): boolean {
    let at = newline + 1;
    while (this.#text.charCodeAt(at) === SPACE || this.#text.charCodeAt(at) === NEWLINE) at++;
    const code = this.#text.charCodeAt(at);
    return code === COMMA || code === CLOSE_LIST || code === CLOSE_MAP;
  }

  #flowSpace(indent: number): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === NEWLINE) {
        let next = this.#at + 1;
        while (this.#text.charCodeAt(next) === SPACE) next++;
        const column = next - this.#at - 1;
        if (this.#text.charCodeAt(next) !== NEWLINE && column < Math.max(indent, 1)) throw BEYOND;
        this.#at = next;
      } else if (code === SPACE) this.#at++;
      else if (code === HASH || code === TAB || Number.isNaN(code)) throw BEYOND;
      else return;
    }
  }

  #takeIf(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at++;
    return true;
  }
}

/** @see ECMAScript, Array exotic objects: the greatest index is 2³² − 2 */
const LAST_INDEX = '4294967294';
/** Keeps an object's numbered members in a table. For `{200: …, 404: …}` the engine would set aside
 *  room for every number up to the last, some five kilobytes for each such object. */
function makeSparse(members: Record<string, unknown>): true {
  members[LAST_INDEX] = null;
  Reflect.deleteProperty(members, LAST_INDEX);
  return true;
}
