import type { SpanBatch } from '../../estate/spans/index.ts';
import type { Names, TracingNames } from '../names.ts';
import type { Meanings } from './meanings.ts';

/** Numbers for the places of one batch, each asked for at its first use. */
export class BatchNames {
  readonly #names: TracingNames;
  readonly #meanings: Meanings;
  #batch: SpanBatch = {
    words: new Uint32Array(),
    count: 0,
    parties: [],
    operations: [],
    texts: [],
    links: [],
  };
  readonly #parties = new Places();
  readonly #operations = new Places();
  readonly #principals = new Places();
  readonly #addresses = new Places();
  readonly #versions = new Places();

  constructor(names: TracingNames, meanings: Meanings) {
    this.#names = names;
    this.#meanings = meanings;
  }

  begin(batch: SpanBatch): void {
    this.#batch = batch;
    this.#parties.clear(batch.parties.length);
    this.#operations.clear(batch.operations.length);
    this.#principals.clear(batch.texts.length);
    this.#addresses.clear(batch.texts.length);
    this.#versions.clear(batch.texts.length);
  }

  service(place: number): number {
    const known = this.#parties.at(place);
    if (known >= 0) return known;
    const party = this.#batch.parties[place - 1];
    return party === undefined ? 0 : this.#parties.set(place, this.#meanings.service(party));
  }

  operation(place: number): number {
    const known = this.#operations.at(place);
    if (known >= 0) return known;
    const operation = this.#batch.operations[place - 1];
    if (operation === undefined) return 0;
    return this.#operations.set(place, this.#meanings.operations.number(operation));
  }

  principal(place: number): number {
    return this.#text(this.#principals, this.#names.principals, place);
  }
  address(place: number): number {
    return this.#text(this.#addresses, this.#names.addresses, place);
  }
  version(place: number): number {
    return this.#text(this.#versions, this.#names.versions, place);
  }

  #text(places: Places, names: Names, place: number): number {
    const known = places.at(place);
    if (known >= 0) return known;
    const text = this.#batch.texts[place - 1];
    return text === undefined ? 0 : places.set(place, names.number(text));
  }
}

/** Numbers by place, from 1; the place 0 is none. */
class Places {
  #numbers = new Int32Array(64);
  #count = 0;

  clear(count: number): void {
    this.#count = count;
    if (count + 1 > this.#numbers.length) this.#numbers = new Int32Array((count + 1) * 2);
    this.#numbers.fill(-1, 1, count + 1);
    this.#numbers[0] = 0;
  }

  /** -1: not set. */
  at(place: number): number {
    return place > this.#count ? -1 : (this.#numbers[place] ?? -1);
  }

  set(place: number, number: number): number {
    this.#numbers[place] = number;
    return number;
  }
}
