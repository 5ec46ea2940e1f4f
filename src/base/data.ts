import { YAMLException } from 'js-yaml';
import { type ParseError, printParseErrorCode, visit } from 'jsonc-parser';
import { readPlainYaml } from './block-yaml.ts';
import { messageOf } from './fault.ts';
import { jsonRows } from './json-rows.ts';
import type { DataPath, Places } from './place-rows.ts';
import { LineMap, type Position } from './text.ts';
import { type EventReading, readYamlEvents } from './yaml-events.ts';

export type { DataPath };

/** One YAML or JSON document with the places of its parts. */
export interface DataDocument {
  /** 0-based place among the documents of its file. */
  readonly index: number;
  readonly value: unknown;
  /** Where the key (or the item) at `path` stands in the file; where the path leads nowhere, its
   *  nearest ancestor that exists. */
  at(path: DataPath): Position;
  /** Where the value at `path` begins. */
  valueAt(path: DataPath): Position;
}

export interface DataProblem extends Position {
  readonly message: string;
  /** A warning costs nothing: the document is read all the same. Absent: an error. */
  readonly severity?: 'error' | 'warning';
  /** Absent: the text is malformed. */
  readonly code?: string;
}

export interface ParsedData {
  readonly documents: readonly DataDocument[];
  readonly problems: readonly DataProblem[];
}

export interface DataLimits {
  /** Nesting of collections. */
  readonly maxDepth: number;
  /** Aliases (`*name`) in one document. */
  readonly maxAliases: number;
  /** Nodes of one document after its aliases are expanded. */
  readonly maxNodes: number;
}

export const DEFAULT_DATA_LIMITS: DataLimits = {
  maxDepth: 100,
  maxAliases: 1_000,
  maxNodes: 5_000_000,
};

/** Problems of one file. */
const MAX_PROBLEMS = 100;

/** Parses a JSON text: one document, or one problem. Of keys that stand twice the last counts, with
 *  a warning. */
export function parseJson(text: string, limits = DEFAULT_DATA_LIMITS): ParsedData {
  const lines = new LineMap(text);
  try {
    return gather([readJson(text, 0, limits, lines)]);
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    const { why, offset } = firstJsonError(text);
    const message = `not valid JSON: ${why}`;
    return { documents: [], problems: [{ message, ...lines.position(offset) }] };
  }
}

function firstJsonError(text: string): { readonly why: string; readonly offset: number } {
  const errors: ParseError[] = [];
  try {
    visit(text, {
      onError: (error, offset, length) => {
        if (errors.length === 0) errors.push({ error, offset, length });
      },
    });
  } catch (thrown) {
    // The visitor calls itself for each level, and what is no JSON may have any number of them.
    if (!(thrown instanceof RangeError)) throw thrown;
    if (errors.length === 0) return { why: 'nested too deep', offset: 0 };
  }
  const { error, offset } = errors[0] ?? { error: 0, offset: 0 };
  return { why: error === 0 ? 'unexpected text' : sentenceOf(printParseErrorCode(error)), offset };
}

/** A document as it was read, before its place among the others is known. */
interface DocumentReading {
  readonly value: unknown;
  /** Offset of the part in its text. */
  readonly start: number;
  readonly lines: LineMap;
  readonly places: () => Places;
}

interface PartReading {
  readonly documents: readonly DocumentReading[];
  readonly problems: readonly DataProblem[];
}

/** @throws {SyntaxError} for what is not JSON */
function readJson(part: string, start: number, limits: DataLimits, lines: LineMap): PartReading {
  const value: unknown = JSON.parse(part.charCodeAt(0) === 0xfeff ? part.slice(1) : part);
  const { rows, depth } = jsonRows(part, limits.maxDepth);
  const tooMuch = depth > limits.maxDepth + 1 ? tooDeep(limits) : tooMany(rows.length, '', limits);
  if (tooMuch) return { documents: [], problems: [{ message: tooMuch, ...lines.position(start) }] };
  const duplicates = countNodes(value) === rows.length ? [] : rows.duplicates();
  return {
    documents: [{ value, start, lines, places: () => rows }],
    problems: duplicates.map(({ key }) => duplicateKey(lines.position(start + key))),
  };
}

function countNodes(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const child of Array.isArray(value) ? value : Object.values(value))
    count += countNodes(child);
  return count;
}

function duplicateKey(position: Position): DataProblem {
  return {
    message: 'this key stands twice in its mapping; the last one counts',
    severity: 'warning',
    code: 'data/duplicate-key',
    ...position,
  };
}

/** `ValueExpected` as `value expected`. */
function sentenceOf(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, ' $&').toLowerCase();
}

/** Parses every document of a YAML text. A broken document becomes a problem and the others are
 *  still read; local tags (`!Ref`) are ignored and their values kept. Of keys that stand twice the
 *  last counts, with a warning. */
export function parseYaml(text: string, limits = DEFAULT_DATA_LIMITS): ParsedData {
  const lines = new LineMap(text);
  return gather(
    documentRanges(text).map(({ start, end }) => {
      const part = start === 0 && end === text.length ? text : text.slice(start, end);
      return (
        readAsJson(part, start, limits, lines) ??
        readAsPlain(part, start, limits, lines) ??
        readWithEvents(part, start, limits, lines)
      );
    }),
  );
}

function gather(parts: readonly PartReading[]): ParsedData {
  return {
    documents: parts
      .flatMap((part) => part.documents)
      .map((document, index) => new PlacedDocument(document, index)),
    problems: parts.flatMap((part) => part.problems).slice(0, MAX_PROBLEMS),
  };
}

/** JSON is YAML too, and is read faster as what it is. */
function readAsJson(part: string, start: number, limits: DataLimits, lines: LineMap) {
  if (!/^\s*[[{]/.test(part)) return undefined;
  try {
    return readJson(part, start, limits, lines);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}

function readAsPlain(
  part: string,
  start: number,
  limits: DataLimits,
  lines: LineMap,
): PartReading | undefined {
  const read = readPlainYaml(part, limits.maxDepth);
  if (read === undefined) return undefined;
  const tooMuch = tooMany(read.rows.length, '', limits);
  if (tooMuch) return { documents: [], problems: [{ message: tooMuch, ...lines.position(start) }] };
  return {
    documents: [{ value: read.value, start, lines, places: () => read.rows }],
    problems: read.duplicates.map((key) => duplicateKey(lines.position(start + key))),
  };
}

/** The complete parser: everything that YAML has. */
function readWithEvents(
  part: string,
  start: number,
  limits: DataLimits,
  lines: LineMap,
): PartReading {
  const documents: DocumentReading[] = [];
  const problems: DataProblem[] = [];
  try {
    const read = readLeniently(part, limits);
    problems.push(...read.duplicates.map((key) => duplicateKey(lines.position(start + key))));
    for (const value of read.values) {
      const tooMuch = excess(value, limits);
      if (tooMuch) problems.push({ message: tooMuch, ...lines.position(start) });
      else documents.push({ value, start, lines, places: read.places });
    }
  } catch (thrown) {
    problems.push(toProblem(thrown, lines, start));
  }
  return { documents, problems };
}

/** Many files close a flow collection at the indentation of its key, which YAML 1.2 §7.4 forbids and
 *  every other parser takes. The closing line is then read as the end of the line before it. */
function readLeniently(part: string, limits: DataLimits): EventReading {
  try {
    return readYamlEvents(part, limits);
  } catch (thrown) {
    const joined = part.replace(/(?<=\n[^\n#]*)\r?\n(?=[ \t]*[\]}])/g, (end) =>
      ' '.repeat(end.length),
    );
    if (!(thrown instanceof YAMLException) || joined === part) throw thrown;
    try {
      return readYamlEvents(joined, limits);
    } catch {
      throw thrown;
    }
  }
}

/** A `---` in the first column always begins a document: inside a scalar it would end it. */
function documentRanges(text: string): { start: number; end: number }[] {
  const starts = [0];
  for (let at = text.indexOf('\n---'); at !== -1; at = text.indexOf('\n---', at + 1)) {
    if (/[ \t\r\n]|^$/.test(text.charAt(at + 4))) starts.push(at + 1);
  }
  return starts
    .map((start, index) => ({ start, end: starts[index + 1] ?? text.length }))
    .filter(({ start, end }) => hasContent(text, start, end));
}

/** Whether a part holds more than comments and its marker. */
function hasContent(text: string, start: number, end: number): boolean {
  for (let line = start; line < end; ) {
    const newline = text.indexOf('\n', line);
    const lineEnd = newline === -1 || newline > end ? end : newline;
    const content = text.slice(line, lineEnd).replace(/^---/, '');
    if (!/^\s*(?:#|$)/.test(content)) return true;
    line = lineEnd + 1;
  }
  return false;
}

function toProblem(thrown: unknown, lines: LineMap, start: number): DataProblem {
  if (thrown instanceof YAMLException) {
    return {
      message: `not valid YAML: ${withoutContent(thrown.reason)}`,
      ...lines.position(start + (thrown.mark?.position ?? 0)),
    };
  }
  return { message: `not valid YAML: ${messageOf(thrown)}`, ...lines.position(start) };
}

/** What the parser quotes is content: a password that begins with `*` is taken for an
 *  alias, and one with `!` for a tag. */
function withoutContent(reason: string): string {
  return reason.replace(/ ?"[^"]*"| ?!?<[^>]*>|(?<=such characters): .*/gs, '');
}

/** Says which limit a value breaks once its aliases are expanded, or nothing. Shared objects are
 *  counted once with their size, so a bomb costs no more than its text.  */
function excess(root: unknown, limits: DataLimits): string | undefined {
  const sizes = new Map<object, number>();
  const open = new Set<object>();
  const measure = (value: unknown, depth: number): number => {
    if (typeof value !== 'object' || value === null) return 1;
    if (depth > limits.maxDepth) return Number.POSITIVE_INFINITY;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    if (open.has(value)) return Number.POSITIVE_INFINITY;
    open.add(value);
    let size = 1;
    for (const child of Array.isArray(value) ? value : Object.values(value)) {
      size += measure(child, depth + 1);
    }
    open.delete(value);
    sizes.set(value, size);
    return size;
  };
  const size = measure(root, 0);
  if (size === Number.POSITIVE_INFINITY) {
    return tooDeep(limits);
  }
  return tooMany(size, ' once its aliases are expanded', limits);
}

function tooDeep(limits: DataLimits): string {
  return `nested deeper than ${limits.maxDepth} levels, or an alias contains itself`;
}

function tooMany(size: number, when: string, limits: DataLimits): string | undefined {
  if (size <= limits.maxNodes) return undefined;
  return `${size} nodes${when}, more than the limit of ${limits.maxNodes}`;
}

class PlacedDocument implements DataDocument {
  readonly index: number;
  readonly value: unknown;
  readonly #start: number;
  readonly #lines: LineMap;
  readonly #places: () => Places;

  constructor(read: DocumentReading, index: number) {
    this.index = index;
    this.value = read.value;
    this.#start = read.start;
    this.#lines = read.lines;
    this.#places = read.places;
  }

  at(path: DataPath): Position {
    return this.#lines.position(this.#start + this.#places().find(path).key);
  }

  valueAt(path: DataPath): Position {
    return this.#lines.position(this.#start + this.#places().find(path).value);
  }
}
