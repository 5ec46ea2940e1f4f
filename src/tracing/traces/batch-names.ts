import { partyKey } from '../../estate/sighting/index.ts';
import {
  SPAN_FIELD,
  SPAN_WORDS,
  type SpanBatch,
  type SpanOperation,
  type SpanParty,
} from '../../estate/spans/index.ts';
import { HeldNames } from './names.ts';

/** Links of one span, and spans with links, that are held. */
const MAX_LINKS = 8;
const MAX_LINKED = 20_000;

const PARTY_FIELDS = [SPAN_FIELD.service, SPAN_FIELD.peer];
const TEXT_FIELDS = [
  SPAN_FIELD.principal,
  SPAN_FIELD.address,
  SPAN_FIELD.instance,
  SPAN_FIELD.version,
];

/** What held rows speak of. Places in a batch are made numbers of one's own once a batch. */
export class BatchNames {
  readonly #parties: HeldNames<SpanParty>;
  readonly #operations: HeldNames<SpanOperation>;
  readonly #texts: HeldNames<string>;
  readonly #links = new Map<number, Uint32Array[]>();
  #partyNumbers: Uint32Array = new Uint32Array(64);
  #operationNumbers: Uint32Array = new Uint32Array(64);
  #textNumbers: Uint32Array = new Uint32Array(64);

  constructor(most: number) {
    this.#parties = new HeldNames(most);
    this.#operations = new HeldNames(most);
    this.#texts = new HeldNames(most);
  }

  /** Learns the names of the batch whose rows will be copied.
   *  @returns how many of them there was no room for
   *  @see HeldNames.number */
  load(batch: SpanBatch, oldest: number, until: number): number {
    let refused = 0;
    const numbered = <Value>(
      values: readonly Value[],
      names: HeldNames<Value>,
      keyOf: (value: Value) => string,
      before: Uint32Array,
    ): Uint32Array => {
      const numbers = values.length < before.length ? before : new Uint32Array(values.length * 2);
      let place = 1;
      for (const value of values) {
        const number = names.number(keyOf(value), value, oldest, until);
        if (number === 0) refused++;
        numbers[place++] = number;
      }
      return numbers.fill(0, place);
    };
    this.#partyNumbers = numbered(batch.parties, this.#parties, partyKey, this.#partyNumbers);
    this.#operationNumbers = numbered(
      batch.operations,
      this.#operations,
      operationKey,
      this.#operationNumbers,
    );
    this.#textNumbers = numbered(batch.texts, this.#texts, (text) => text, this.#textNumbers);
    return refused;
  }

  /** Copies a row of the batch that was loaded, with numbers in the place of its places. */
  copy(from: Uint32Array, at: number, to: Uint32Array, toAt: number): void {
    for (let word = 0; word < SPAN_WORDS; word++) to[toAt + word] = from[at + word] ?? 0;
    for (const field of PARTY_FIELDS) translate(to, toAt + field, this.#partyNumbers);
    translate(to, toAt + SPAN_FIELD.operation, this.#operationNumbers);
    for (const field of TEXT_FIELDS) translate(to, toAt + field, this.#textNumbers);
    to[toAt + SPAN_FIELD.spare] = 0;
  }

  party(number: number): SpanParty | undefined {
    return this.#parties.of(number);
  }
  operation(number: number): SpanOperation | undefined {
    return this.#operations.of(number);
  }
  text(number: number): string | undefined {
    return this.#texts.of(number);
  }

  addLink(row: number, id: Uint32Array): void {
    const links = this.#links.get(row);
    if (links === undefined) {
      if (this.#links.size < MAX_LINKED) this.#links.set(row, [id]);
    } else if (links.length < MAX_LINKS) links.push(id);
  }
  linksOf(row: number): readonly Uint32Array[] {
    return this.#links.get(row) ?? [];
  }
  /** What was held for a row beside its words. */
  forget(row: number): void {
    if (this.#links.size > 0) this.#links.delete(row);
  }
}

function translate(words: Uint32Array, at: number, numbers: Uint32Array): void {
  const place = words[at] ?? 0;
  if (place !== 0) words[at] = numbers[place] ?? 0;
}

function operationKey({ protocol, method, path, route }: SpanOperation): string {
  return `${protocol}\n${method}\n${path}\n${route ?? ''}`;
}
