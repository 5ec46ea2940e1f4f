import { partyKey } from '../sighting/index.ts';
import { SPAN_FIELD, SPAN_WORDS } from './layout.ts';
import type { SpanOperation, SpanParty } from './names.ts';
import { pathShape } from './shape.ts';

/** A span that a row continues without being its child: what a consumer took was sent by it. */
export interface SpanLink {
  /** Of the row in its batch. */
  readonly row: number;
  /** Six words: the trace's id and the span's. */
  readonly id: Uint32Array;
}

/** Rows of `SPAN_WORDS` words each, and what their places mean. It stands for itself, and can be handed to another
 *  thread as it is. */
export interface SpanBatch {
  readonly words: Uint32Array;
  readonly count: number;
  readonly parties: readonly SpanParty[];
  readonly operations: readonly SpanOperation[];
  readonly texts: readonly string[];
  readonly links: readonly SpanLink[];
}

/** One row, for whoever makes few of them. */
export interface SpanRow {
  /** Hexadecimal; absent where the reporter knows of no trace. */
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  readonly parentId?: string | undefined;
  readonly startMs: number;
  readonly durationMs?: number | undefined;
  /** As in `SIDE`, with `SPAN_FLAG`s. */
  readonly side: number;
  readonly status?: number | undefined;
  readonly service: SpanParty;
  readonly operation?: SpanOperation | undefined;
  readonly peer?: SpanParty | undefined;
  readonly principal?: string | undefined;
  readonly address?: string | undefined;
  readonly instance?: string | undefined;
  readonly version?: string | undefined;
  readonly count?: number | undefined;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[] | undefined;
}

const FIRST_ROWS = 64;
const MAX_DURATION = 2 ** 32 - 1;
/** Links of one row; further ones are counted. */
const MAX_LINKS = 8;
/** Of one text; what is longer is cut, and counted. As long as a SPIFFE ID may be, and as the longest path. */
const MAX_TEXT_LENGTH = 2_048;

/** Makes batches: rows one after another, names said once. Whoever has names under numbers of his own takes `next`, writes
 *  the words himself, and asks `party`, `operation` and `text` once for each number. */
export class SpanBatchWriter {
  #words = new Uint32Array(FIRST_ROWS * SPAN_WORDS);
  #starts = new Float64Array(this.#words.buffer);
  #count = 0;
  #parties: SpanParty[] = [];
  #operations: SpanOperation[] = [];
  #texts: string[] = [];
  #links: SpanLink[] = [];
  #linksOfRow = 0;
  #textLength = 0;
  readonly #places = new Map<string, number>();
  /** Since the beginning: links that were too many for their row, and texts that were cut. */
  linksLeftOut = 0;
  textsCut = 0;

  get count(): number {
    return this.#count;
  }

  /** Characters of all names so far. */
  get textLength(): number {
    return this.#textLength;
  }

  /** The words that rows are written to; another array after `next` may have grown it. */
  get words(): Uint32Array {
    return this.#words;
  }

  /** Where the words of a new row begin; all of them are 0. */
  next(startMs: number): number {
    const at = this.#count * SPAN_WORDS;
    if (at === this.#words.length) this.#grow();
    this.#starts[(at + SPAN_FIELD.start) / 2] = startMs;
    this.#count++;
    this.#linksOfRow = 0;
    return at;
  }

  add(row: SpanRow): void {
    const at = this.next(row.startMs);
    const words = this.#words;
    writeId(words, at + SPAN_FIELD.trace, 4, row.traceId);
    writeId(words, at + SPAN_FIELD.span, 2, row.spanId);
    writeId(words, at + SPAN_FIELD.parent, 2, row.parentId);
    words[at + SPAN_FIELD.duration] = Math.min(MAX_DURATION, (row.durationMs ?? 0) * 1_000);
    words[at + SPAN_FIELD.side] = row.side;
    words[at + SPAN_FIELD.status] = row.status ?? 0;
    words[at + SPAN_FIELD.service] = this.party(row.service);
    words[at + SPAN_FIELD.operation] = row.operation ? this.operation(row.operation) : 0;
    words[at + SPAN_FIELD.peer] = row.peer ? this.party(row.peer) : 0;
    words[at + SPAN_FIELD.principal] = this.text(row.principal);
    words[at + SPAN_FIELD.address] = this.text(row.address);
    words[at + SPAN_FIELD.instance] = this.text(row.instance);
    words[at + SPAN_FIELD.version] = this.text(row.version);
    words[at + SPAN_FIELD.count] = row.count ?? 1;
    for (const { traceId, spanId } of row.links ?? []) {
      const id = new Uint32Array(6);
      writeId(id, 0, 4, traceId);
      writeId(id, 4, 2, spanId);
      this.link(id);
    }
  }

  /** A link of the row that was begun last. */
  link(id: Uint32Array): void {
    if (this.#linksOfRow++ < MAX_LINKS) this.#links.push({ row: this.#count - 1, id });
    else this.linksLeftOut++;
  }

  party(party: SpanParty): number {
    return this.#place(`p${partyKey(party)}`, this.#parties, party);
  }

  /** One place for all that are alike: see `SpanOperation.path`. */
  operation(operation: SpanOperation): number {
    const { protocol, method, path, route } = operation;
    const asked = route === undefined ? `p${pathShape(path)}` : `r${route}`;
    return this.#place(`o${protocol}\n${method}\n${asked}`, this.#operations, operation);
  }

  text(text: string | undefined): number {
    if (text === undefined || text === '') return 0;
    const cut = text.length > MAX_TEXT_LENGTH ? this.#cut(text) : text;
    return this.#place(`t${cut}`, this.#texts, cut);
  }

  /** What was written since the last time. */
  take(): SpanBatch {
    const batch: SpanBatch = {
      words: this.#words.slice(0, this.#count * SPAN_WORDS),
      count: this.#count,
      parties: this.#parties,
      operations: this.#operations,
      texts: this.#texts,
      links: this.#links,
    };
    this.#words.fill(0, 0, this.#count * SPAN_WORDS);
    this.#count = 0;
    this.#parties = [];
    this.#operations = [];
    this.#texts = [];
    this.#links = [];
    this.#textLength = 0;
    this.#places.clear();
    return batch;
  }

  #cut(text: string): string {
    this.textsCut++;
    return text.slice(0, MAX_TEXT_LENGTH);
  }

  #place<Name>(key: string, names: Name[], name: Name): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = names.push(name);
    this.#textLength += key.length;
    this.#places.set(key, place);
    return place;
  }

  #grow(): void {
    const words = new Uint32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    this.#starts = new Float64Array(words.buffer);
  }
}

/** Writes hexadecimal digits as the words that their bytes are; others than the right number of them are none. */
function writeId(words: Uint32Array, at: number, length: number, text: string | undefined): void {
  if (text === undefined || text.length !== length * 8) return;
  const bytes = Buffer.from(text, 'hex');
  if (bytes.length !== length * 4) return;
  for (let word = 0; word < length; word++) words[at + word] = bytes.readUInt32LE(word * 4);
}
