import { isUtf8 } from 'node:buffer';
import { type DataDocument, type DataLimits, parseJson, parseYaml } from '../base/data.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Folder } from '../base/folder.ts';
import { LineMap, type Position } from '../base/text.ts';
import type { Observation } from '../estate/index.ts';

/** A reader of files. `wants` looks at the path only; `start` begins one pass over one folder. */
export interface Reader {
  /** As it appears in sources: `openapi`, `express`. */
  readonly name: string;
  wants(path: string): boolean;
  start(context: ReadContext): ReaderRun;
}

/** One pass: every wanted file, in path order, then `finish` for what needs all of them together. */
export interface ReaderRun {
  /** What is thrown becomes a diagnostic of the file, and the pass goes on. */
  read(file: SourceFile): void;
  finish?(): void;
}

/** What a reader gets to work with. */
export interface ReadContext {
  observe(observation: Observation): void;
  report(diagnostic: Diagnostic): void;
  /** Another file of the folder, for references; undefined where it does not exist, lies outside
   *  or cannot be read. */
  open(path: string): SourceFile | undefined;
  /** Every path of the folder, sorted. */
  readonly paths: readonly string[];
  readonly folder: Folder;
}

/** A file, decoded and parsed at the first question and then shared by all readers that want it. */
export class SourceFile {
  readonly path: string;
  #content: Content;
  #isAskedForText = false;
  #isToldOfProblems = false;

  constructor(path: string, bytes: Buffer, limits?: DataLimits) {
    this.path = path;
    this.#content = new Content(path, bytes, limits);
  }

  /** The same file for another pass, that nobody has asked yet: what was decoded and parsed of it is shared. */
  again(): SourceFile {
    const file = new SourceFile(this.path, this.bytes);
    file.#content = this.#content;
    return file;
  }

  get bytes(): Buffer {
    return this.#content.bytes;
  }

  /** UTF-8, a byte order mark dropped, broken sequences replaced. */
  get text(): string {
    this.#isAskedForText = true;
    return this.#content.text;
  }

  /** Offset into `text` of the first character that stands for bytes that are not UTF-8; undefined
   *  where there is none, or where nobody has asked for the text. */
  get brokenAt(): number | undefined {
    if (!this.#isAskedForText || isUtf16(this.bytes) || isUtf8(this.bytes)) return undefined;
    return firstReplaced(this.text, this.bytes);
  }

  /** Holds a NUL byte near its beginning, as no text does. */
  get isBinary(): boolean {
    return this.bytes.subarray(0, 8_000).includes(0) && !isUtf16(this.bytes);
  }

  /** Line and column of an offset into `text`. */
  position(offset: number): Position {
    this.#isAskedForText = true;
    return this.#content.lines.position(offset);
  }

  /** The YAML or JSON documents in it. Problems are reported once, by whoever asks first. */
  documents(report: (diagnostic: Diagnostic) => void): readonly DataDocument[] {
    this.#isAskedForText = true;
    const { documents, problems } = this.#content.data;
    if (!this.#isToldOfProblems) {
      this.#isToldOfProblems = true;
      for (const problem of problems) report(problem);
    }
    return documents;
  }

  /** Why not all of its documents could be read; undefined where they could, or nobody has asked for them. */
  get problem(): string | undefined {
    return this.#isToldOfProblems ? this.#content.data.problems[0]?.message : undefined;
  }
}

/** What there is in a file, whoever asks. */
class Content {
  readonly bytes: Buffer;
  readonly #path: string;
  readonly #limits: DataLimits | undefined;
  #text: string | undefined;
  #lines: LineMap | undefined;
  #data: { documents: readonly DataDocument[]; problems: readonly Diagnostic[] } | undefined;

  constructor(path: string, bytes: Buffer, limits: DataLimits | undefined) {
    this.#path = path;
    this.bytes = bytes;
    this.#limits = limits;
  }

  get text(): string {
    this.#text ??= decode(this.bytes);
    return this.#text;
  }

  get lines(): LineMap {
    this.#lines ??= new LineMap(this.text);
    return this.#lines;
  }

  get data(): { documents: readonly DataDocument[]; problems: readonly Diagnostic[] } {
    this.#data ??= this.#parsed();
    return this.#data;
  }

  #parsed() {
    const parse = this.#path.endsWith('.json') ? parseJson : parseYaml;
    const { documents, problems } = parse(this.text, this.#limits);
    return {
      documents,
      problems: problems.map(
        (problem): Diagnostic => ({
          severity: 'error',
          code: 'data/malformed',
          file: this.#path,
          ...problem,
        }),
      ),
    };
  }
}

function isUtf16(bytes: Buffer): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return swapped(bytes).toString('utf16le', 2);
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Big-endian UTF-16 as little-endian; the odd byte of a text that was cut off is left out. */
function swapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
}

const REPLACEMENT = '\ufffd';
const MARK_BYTES = 3;

/** Up to the first broken sequence, text and bytes have the same length in UTF-8; a replacement
 *  character may also stand in the file itself. */
function firstReplaced(text: string, bytes: Buffer): number | undefined {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? MARK_BYTES : 0;
  let from = 0;
  for (let found = text.indexOf(REPLACEMENT); found !== -1; ) {
    at += Buffer.byteLength(text.slice(from, found));
    if (bytes.toString('latin1', at, at + 3) !== '\xef\xbf\xbd') return found;
    from = found;
    found = text.indexOf(REPLACEMENT, found + 1);
  }
  return undefined;
}
