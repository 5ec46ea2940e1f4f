import {
  CORE_SCHEMA,
  constructFromEvents,
  EVENT_ID,
  type Event,
  getScalarValue,
  mergeTag,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';
import { type ParseError, printParseErrorCode, visit } from 'jsonc-parser';
import { messageOf } from './fault.ts';
import { LineMap, type Position } from './text.ts';

/** Steps from the root of a document: keys of mappings, indexes of sequences. */
export type DataPath = readonly (string | number)[];

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

const SCHEMA = CORE_SCHEMA.withTags(mergeTag);

/** Parses a JSON text: one document, or one problem. */
export function parseJson(text: string, limits = DEFAULT_DATA_LIMITS): ParsedData {
  try {
    const value: unknown = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    const tooMuch = excess(value, limits);
    if (tooMuch) return { documents: [], problems: [{ message: tooMuch, line: 1, column: 1 }] };
    return { documents: [new EventDocument(0, value, text, 0, limits)], problems: [] };
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    const errors: ParseError[] = [];
    visit(text, {
      onError: (error, offset, length) => {
        if (errors.length === 0) errors.push({ error, offset, length });
      },
    });
    const { error, offset } = errors[0] ?? { error: 0, offset: 0 };
    const why = error === 0 ? 'unexpected text' : sentenceOf(printParseErrorCode(error));
    const message = `not valid JSON: ${why}`;
    return { documents: [], problems: [{ message, ...new LineMap(text).position(offset) }] };
  }
}

/** `ValueExpected` as `value expected`. */
function sentenceOf(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, ' $&').toLowerCase();
}

/** Parses every document of a YAML text. A broken document becomes a problem and the others are
 *  still read; local tags (`!Ref`) are ignored and their values kept. */
export function parseYaml(text: string, limits = DEFAULT_DATA_LIMITS): ParsedData {
  const documents: DataDocument[] = [];
  const problems: DataProblem[] = [];
  const lines = new LineMap(text);
  for (const { start, end } of documentRanges(text)) {
    const part = text.slice(start, end);
    try {
      const events = parseEvents(part, { maxDepth: limits.maxDepth });
      dropLocalTags(events, part);
      const values = constructFromEvents(events, {
        source: part,
        schema: SCHEMA,
        maxAliases: limits.maxAliases,
      });
      for (const value of values) {
        const tooMuch = excess(value, limits);
        if (tooMuch) problems.push({ message: tooMuch, ...lines.position(start) });
        else documents.push(new EventDocument(documents.length, value, text, start, limits, end));
      }
    } catch (thrown) {
      problems.push(toProblem(thrown, lines, start));
    }
  }
  return { documents, problems };
}

/** A `---` in the first column always begins a document: inside a scalar it would end it. */
function documentRanges(text: string): { start: number; end: number }[] {
  const marks = [...text.matchAll(/^---(?=[ \t\r\n]|$)/gm)].map((match) => match.index);
  const starts = marks[0] === 0 ? marks : [0, ...marks];
  return starts
    .map((start, index) => ({ start, end: starts[index + 1] ?? text.length }))
    .filter(({ start, end }) => hasContent(text.slice(start, end)));
}

function hasContent(part: string): boolean {
  return part.split('\n').some(
    (line) =>
      line
        .replace(/^---/, '')
        .replace(/(^|\s)#.*$/, '')
        .trim() !== '',
  );
}

function dropLocalTags(events: Event[], source: string): void {
  for (const event of events) {
    if (!('tagStart' in event) || event.tagStart < 0) continue;
    const isGlobal = source.startsWith('!!', event.tagStart) || source[event.tagStart + 1] === '<';
    if (!isGlobal) event.tagStart = event.tagEnd = -1;
  }
}

function toProblem(thrown: unknown, lines: LineMap, start: number): DataProblem {
  if (thrown instanceof YAMLException) {
    return {
      message: `not valid YAML: ${thrown.reason}`,
      ...lines.position(start + (thrown.mark?.position ?? 0)),
    };
  }
  return { message: `not valid YAML: ${messageOf(thrown)}`, ...lines.position(start) };
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
    return `nested deeper than ${limits.maxDepth} levels, or an alias contains itself`;
  }
  if (size > limits.maxNodes) {
    return `${size} nodes once its aliases are expanded, more than the limit of ${limits.maxNodes}`;
  }
  return undefined;
}

/** Finds places by walking the parser's events; the children of each collection on the way are
 *  indexed once. Parsing again costs less than keeping every file's events. */
class EventDocument implements DataDocument {
  readonly index: number;
  readonly value: unknown;
  readonly #text: string;
  readonly #start: number;
  readonly #end: number;
  readonly #limits: DataLimits;
  #places: Places | undefined;
  #lines: LineMap | undefined;

  constructor(
    index: number,
    value: unknown,
    text: string,
    start: number,
    limits: DataLimits,
    end = text.length,
  ) {
    this.index = index;
    this.value = value;
    this.#text = text;
    this.#start = start;
    this.#end = end;
    this.#limits = limits;
  }

  at(path: DataPath): Position {
    return this.#find(path).key;
  }

  valueAt(path: DataPath): Position {
    return this.#find(path).value;
  }

  #find(path: DataPath): { key: Position; value: Position } {
    this.#places ??= new Places(this.#text.slice(this.#start, this.#end), this.#limits);
    const { key, value } = this.#places.find(path);
    this.#lines ??= new LineMap(this.#text);
    const lines = this.#lines;
    return {
      key: lines.position(this.#start + key),
      value: lines.position(this.#start + value),
    };
  }
}

/** A quoted scalar begins with its quote. */
function scalarStart(scalar: ScalarEvent): number {
  const isQuoted =
    scalar.style === SCALAR_STYLE.SINGLE_QUOTED || scalar.style === SCALAR_STYLE.DOUBLE_QUOTED;
  return Math.max(0, scalar.valueStart - (isQuoted ? 1 : 0));
}

interface Child {
  readonly keyOffset: number;
  readonly event: number;
}

class Places {
  readonly #source: string;
  readonly #events: Event[];
  readonly #ends: Int32Array;
  readonly #anchors = new Map<string, number>();
  readonly #children = new Map<number, Map<string | number, Child>>();

  constructor(source: string, limits: DataLimits) {
    this.#source = source;
    this.#events = parseEvents(source, { maxDepth: limits.maxDepth });
    this.#ends = new Int32Array(this.#events.length);
    const open: number[] = [];
    this.#events.forEach((event, index) => {
      this.#ends[index] = index;
      if (event.type === EVENT_ID.POP) this.#ends[open.pop() ?? 0] = index;
      else if (event.type <= EVENT_ID.MAPPING) open.push(index);
      if ('anchorStart' in event && event.anchorStart >= 0 && event.type !== EVENT_ID.ALIAS) {
        this.#anchors.set(source.slice(event.anchorStart, event.anchorEnd), index);
      }
    });
  }

  find(path: DataPath): { key: number; value: number } {
    let event = 1;
    let key = this.#offset(event);
    for (const step of path) {
      const child = this.#childrenOf(this.#dereference(event)).get(step);
      if (!child) break;
      key = child.keyOffset;
      event = child.event;
    }
    return { key, value: this.#offset(event) };
  }

  #offset(index: number): number {
    const event = this.#events[index];
    if (!event) return 0;
    if ('start' in event) return event.start;
    if ('valueStart' in event) return scalarStart(event);
    return 'anchorStart' in event ? event.anchorStart : 0;
  }

  #dereference(index: number): number {
    const event = this.#events[index];
    if (event?.type !== EVENT_ID.ALIAS) return index;
    return this.#anchors.get(this.#source.slice(event.anchorStart, event.anchorEnd)) ?? index;
  }

  #childrenOf(parent: number): Map<string | number, Child> {
    const known = this.#children.get(parent);
    if (known) return known;
    const children = new Map<string | number, Child>();
    const isMapping = this.#events[parent]?.type === EVENT_ID.MAPPING;
    const last = this.#ends[parent] ?? parent;
    let index = parent + 1;
    for (let item = 0; index < last; item++) {
      if (isMapping) {
        const key = this.#events[index];
        const value = (this.#ends[index] ?? index) + 1;
        if (key?.type === EVENT_ID.SCALAR) {
          const name = getScalarValue(this.#source, key);
          children.set(name, { keyOffset: scalarStart(key), event: value });
        }
        index = (this.#ends[value] ?? value) + 1;
      } else {
        children.set(item, { keyOffset: this.#offset(index), event: index });
        index = (this.#ends[index] ?? index) + 1;
      }
    }
    this.#children.set(parent, children);
    return children;
  }
}
