import { partyKey } from '../../../estate/sighting/index.ts';
import {
  SPAN_FIELD,
  SPAN_WORDS,
  type SpanBatch,
  type SpanLink,
  type SpanOperation,
  type SpanParty,
} from '../../../estate/spans/index.ts';
import { merged } from './merge.ts';
import { BatchPlaces, NameTable } from './names.ts';
import { RowRun, type RunReader } from './run.ts';
import { RunFile } from './run-file.ts';

export interface SpoolLimits {
  /** Spans of all files together, 88 bytes each. */
  readonly maxRows: number;
  /** Of them in memory; the others wait in a temporary file. */
  readonly maxRowsInMemory: number;
  /** Services, operations and texts, of each. */
  readonly maxNames: number;
  readonly maxLinks: number;
}

export const SPOOL_LIMITS: SpoolLimits = {
  maxRows: 20_000_000,
  maxRowsInMemory: 500_000,
  maxNames: 500_000,
  maxLinks: 1_000_000,
};

const BATCH_ROWS = 1_024;
const SECOND_MS = 1_000;

/** Takes spans in any order, and gives them by time. Its memory is bounded, whatever comes. */
export class SpanSpool {
  readonly #limits: SpoolLimits;
  readonly #run = new RowRun();
  readonly #parties: NameTable<SpanParty>;
  readonly #operations: NameTable<SpanOperation>;
  readonly #texts: NameTable<string>;
  readonly #links: (readonly Uint32Array[])[] = [];
  #file: RunFile | undefined;
  #count = 0;
  /** Rows that there was no room for. */
  #leftOut = 0;

  constructor(limits: SpoolLimits = SPOOL_LIMITS) {
    this.#limits = limits;
    this.#parties = new NameTable(limits.maxNames, partyKey);
    this.#operations = new NameTable(limits.maxNames, operationKey);
    this.#texts = new NameTable(limits.maxNames, (text) => text);
  }

  get count(): number {
    return this.#count;
  }
  get leftOut(): number {
    return this.#leftOut;
  }
  get namesLeftOut(): number {
    return this.#parties.refused + this.#operations.refused + this.#texts.refused;
  }
  /** Everybody that spans speak of, once. */
  get parties(): readonly SpanParty[] {
    return this.#parties.values;
  }

  /** @throws {Fault} `graph/spool-unavailable` */
  add(batch: SpanBatch): void {
    const parties = this.#parties.numbersOf(batch.parties);
    const operations = this.#operations.numbersOf(batch.operations);
    const texts = this.#texts.numbersOf(batch.texts);
    const links = Map.groupBy(batch.links, ({ row }) => row);
    for (let row = 0; row < batch.count; row++) {
      if (this.#count === this.#limits.maxRows) {
        this.#leftOut += batch.count - row;
        return;
      }
      const at = this.#place();
      const { words } = this.#run;
      for (let word = 0; word < SPAN_WORDS; word++) {
        words[at + word] = batch.words[row * SPAN_WORDS + word] ?? 0;
      }
      renumber(words, at, {
        party: (n) => parties[n],
        operation: (n) => operations[n],
        text: (n) => texts[n],
      });
      words[at + SPAN_FIELD.spare] = this.#keepLinks(links.get(row));
      this.#count++;
    }
  }

  /** All rows by time, in batches of one second at most. What was given once can be given again.
   *  @param border no batch has rows from before this time and from after it
   *  @throws {Fault} `graph/spool-unavailable` */
  *batches(border = 0): Generator<SpanBatch> {
    const maker = new BatchMaker(this.#parties, this.#operations, this.#texts, this.#links);
    for (const row of merged([...(this.#file?.readers() ?? []), this.#run.sorted()])) {
      if (maker.isEnd(row, border)) yield maker.take();
      maker.add(row);
    }
    if (maker.count > 0) yield maker.take();
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #place(): number {
    if (this.#run.count === this.#limits.maxRowsInMemory) {
      this.#file ??= new RunFile();
      this.#file.write(this.#run.sorted());
      this.#run.clear();
    }
    return this.#run.add();
  }

  #keepLinks(links: readonly SpanLink[] | undefined): number {
    if (links === undefined || this.#links.length === this.#limits.maxLinks) return 0;
    return this.#links.push(links.map(({ id }) => id));
  }
}

type NumberOf = (number: number) => number | undefined;

/** Puts other numbers in the place of those that name parties, operations and texts. */
function renumber(
  words: Uint32Array,
  at: number,
  of: { readonly party: NumberOf; readonly operation: NumberOf; readonly text: NumberOf },
): void {
  const put = (field: number, numberOf: NumberOf): void => {
    const number = words[at + field] ?? 0;
    if (number !== 0) words[at + field] = numberOf(number) ?? 0;
  };
  put(SPAN_FIELD.service, of.party);
  put(SPAN_FIELD.peer, of.party);
  put(SPAN_FIELD.operation, of.operation);
  put(SPAN_FIELD.principal, of.text);
  put(SPAN_FIELD.address, of.text);
  put(SPAN_FIELD.instance, of.text);
  put(SPAN_FIELD.version, of.text);
}

function operationKey({ protocol, method, path, route }: SpanOperation): string {
  return `${protocol}\n${method}\n${path}\n${route ?? ''}`;
}

/** Rows of a spool as batches that stand for themselves. */
class BatchMaker {
  readonly #parties: BatchPlaces<SpanParty>;
  readonly #operations: BatchPlaces<SpanOperation>;
  readonly #texts: BatchPlaces<string>;
  readonly #allLinks: readonly (readonly Uint32Array[])[];
  #words = new Uint32Array(BATCH_ROWS * SPAN_WORDS);
  #links: SpanLink[] = [];
  #count = 0;
  #second = 0;
  #last = 0;

  constructor(
    parties: NameTable<SpanParty>,
    operations: NameTable<SpanOperation>,
    texts: NameTable<string>,
    links: readonly (readonly Uint32Array[])[],
  ) {
    this.#parties = new BatchPlaces(parties);
    this.#operations = new BatchPlaces(operations);
    this.#texts = new BatchPlaces(texts);
    this.#allLinks = links;
  }

  get count(): number {
    return this.#count;
  }

  /** Whether a row belongs to another batch. */
  isEnd({ start }: RunReader, border: number): boolean {
    if (this.#count === 0) return false;
    if (this.#last < border && start >= border) return true;
    return this.#count === BATCH_ROWS || Math.floor(start / SECOND_MS) !== this.#second;
  }

  add({ words, at: from, start }: RunReader): void {
    this.#second = Math.floor(start / SECOND_MS);
    this.#last = start;
    const row = this.#count++;
    const at = row * SPAN_WORDS;
    for (let word = 0; word < SPAN_WORDS; word++) this.#words[at + word] = words[from + word] ?? 0;
    renumber(this.#words, at, {
      party: (number) => this.#parties.place(number),
      operation: (number) => this.#operations.place(number),
      text: (number) => this.#texts.place(number),
    });
    const links = this.#allLinks[(this.#words[at + SPAN_FIELD.spare] ?? 0) - 1] ?? [];
    for (const id of links) this.#links.push({ row, id });
    this.#words[at + SPAN_FIELD.spare] = 0;
  }

  take(): SpanBatch {
    const batch: SpanBatch = {
      words: this.#words.slice(0, this.#count * SPAN_WORDS),
      count: this.#count,
      parties: this.#parties.take(),
      operations: this.#operations.take(),
      texts: this.#texts.take(),
      links: this.#links,
    };
    this.#links = [];
    this.#count = 0;
    return batch;
  }
}
