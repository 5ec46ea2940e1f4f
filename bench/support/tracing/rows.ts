import {
  SPAN_FIELD,
  SPAN_WORDS,
  type SpanBatch,
  SpanBatchWriter,
  type SpanOperation,
  type SpanParty,
} from '../../../src/estate/spans/index.ts';

/** Names under numbers that stay the same from batch to batch; 0 is none. */
class Registry<Name> {
  readonly names: (Name | undefined)[] = [undefined];
  readonly #numbers = new Map<string, number>();

  number(key: string, make: () => Name): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.names.push(make()) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}

/** Where the names of one registry stand in the batch that is being written. */
class Places<Name> {
  readonly #registry: Registry<Name>;
  readonly #write: (name: Name) => number;
  #places = new Uint32Array(1_024);
  readonly #used: number[] = [];

  constructor(registry: Registry<Name>, write: (name: Name) => number) {
    this.#registry = registry;
    this.#write = write;
  }

  of(number: number): number {
    const known = this.#places[number];
    if (known !== undefined && known > 0) return known;
    const name = this.#registry.names[number];
    if (name === undefined) return 0;
    if (number >= this.#places.length) this.#grow(number);
    this.#used.push(number);
    const place = this.#write(name);
    this.#places[number] = place;
    return place;
  }

  clear(): void {
    for (const number of this.#used) this.#places[number] = 0;
    this.#used.length = 0;
  }

  #grow(number: number): void {
    const places = new Uint32Array(number * 2);
    places.set(this.#places);
    this.#places = places;
  }
}

/** One row, with names as numbers of `Rows`. One object serves for all. */
export class Row {
  traceId: Uint32Array = new Uint32Array(4);
  span: Uint32Array = new Uint32Array(2);
  parent: Uint32Array = new Uint32Array(2);
  at = 0;
  durationMs = 0;
  side = 0;
  status = 0;
  service = 0;
  operation = 0;
  peer = 0;
  principal = 0;
  address = 0;
  instance = 0;
  version = 0;
  /** Words of trace and span, or null. */
  link: Uint32Array | null = null;
}

/** Writes rows into batches, some of them a batch too late. */
export class Rows {
  readonly #writer = new SpanBatchWriter();
  readonly #parties = new Registry<SpanParty>();
  readonly #operations = new Registry<SpanOperation>();
  readonly #texts = new Registry<string>();
  readonly #party = new Places(this.#parties, (name) => this.#writer.party(name));
  readonly #operation = new Places(this.#operations, (name) => this.#writer.operation(name));
  readonly #text = new Places(this.#texts, (name) => this.#writer.text(name));
  #late: Row[] = [];

  party(key: string, make: () => SpanParty): number {
    return this.#parties.number(key, make);
  }
  operation(key: string, make: () => SpanOperation): number {
    return this.#operations.number(key, make);
  }
  text(text: string): number {
    return this.#texts.number(text, () => text);
  }

  /** Told in this batch. */
  write(row: Row): void {
    const at = this.#writer.next(row.at);
    const { words } = this.#writer;
    words.set(row.traceId, at + SPAN_FIELD.trace);
    words.set(row.span, at + SPAN_FIELD.span);
    words.set(row.parent, at + SPAN_FIELD.parent);
    words[at + SPAN_FIELD.duration] = row.durationMs * 1_000;
    words[at + SPAN_FIELD.side] = row.side;
    words[at + SPAN_FIELD.status] = row.status;
    words[at + SPAN_FIELD.service] = this.#party.of(row.service);
    words[at + SPAN_FIELD.operation] = this.#operation.of(row.operation);
    words[at + SPAN_FIELD.peer] = this.#party.of(row.peer);
    words[at + SPAN_FIELD.principal] = this.#text.of(row.principal);
    words[at + SPAN_FIELD.address] = this.#text.of(row.address);
    words[at + SPAN_FIELD.instance] = this.#text.of(row.instance);
    words[at + SPAN_FIELD.version] = this.#text.of(row.version);
    words[at + SPAN_FIELD.count] = 1;
    if (row.link) this.#writer.link(row.link);
  }

  /** Told in the next one. */
  writeLate(row: Row): void {
    const { traceId, span, parent } = row;
    const copy = { traceId: traceId.slice(), span: span.slice(), parent: parent.slice() };
    this.#late.push(Object.assign(new Row(), row, copy));
  }

  take(): SpanBatch {
    const batch = this.#writer.take();
    this.#party.clear();
    this.#operation.clear();
    this.#text.clear();
    const late = this.#late;
    this.#late = [];
    for (const row of late) this.write(row);
    return batch;
  }
}

export const ROW_BYTES = SPAN_WORDS * 4;
