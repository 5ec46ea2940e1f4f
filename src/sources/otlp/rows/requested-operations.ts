import { Dictionary, type KeyWriter } from '../counting/index.ts';
import { type Operation, Operations } from '../meaning/index.ts';
import type { SpanFields } from '../reading/index.ts';

const LIMITS = { maxKeys: 1 << 16, maxBytes: 16 * 1024 * 1024 };

/** What CLIENT spans ask for, each under an id. Nothing of it is counted: whoever is asked does that. */
export class RequestedOperations {
  readonly #known = new Dictionary<Operation | undefined>(LIMITS);
  readonly #operations = new Operations();
  readonly #key: KeyWriter;

  constructor(key: KeyWriter) {
    this.#key = key;
  }

  /** The id of what a span asks for; 0 where it does not say. */
  idOf(span: SpanFields): number {
    const key = this.#key;
    if (!this.#operations.writeCallersKey(span, key)) return 0;
    const known = this.#known.find(key);
    return this.#known.idOf(known >= 0 ? known : this.#add(span));
  }

  operationOf(id: number): Operation | undefined {
    return this.#known.entryOf(id);
  }

  #add(span: SpanFields): number {
    const meaning = this.#operations.meaning(span, this.#key);
    const operation = 'operations' in meaning ? meaning.operations[0] : undefined;
    const number = this.#known.add(this.#key, operation);
    if (number >= 0) return number;
    this.#known.renew();
    return this.#known.add(this.#key, operation);
  }
}
