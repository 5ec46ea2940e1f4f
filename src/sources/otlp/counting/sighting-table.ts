import type { Party, PayloadSamples, Sighting } from '../../../estate/index.ts';
import { addSamples } from '../../../estate/sighting/index.ts';
import type { Meaning, Operation } from '../meaning/index.ts';
import { reasonNumber } from '../reasons.ts';
import { Dictionary } from './dictionary.ts';
import type { KeyWriter } from './key.ts';

/** What all spans with one key stand for. */
interface Described {
  readonly service: Party;
  /** None where the spans are of no use. */
  readonly operations: readonly Operation[];
}

/** Distinct operations and bytes of their keys that are known at once; further ones start anew. */
const MAX_KEYS = 1 << 16;
const MAX_BYTES = 16 * 1024 * 1024;

/** Requests counted by what they ask for, until they are drained. */
export class SightingTable {
  readonly #known = new Dictionary<Described | undefined>({
    maxKeys: MAX_KEYS,
    maxBytes: MAX_BYTES,
  });
  readonly #reasons = new Int8Array(MAX_KEYS);
  readonly #counts = new Float64Array(MAX_KEYS);
  readonly #firstAt = new Float64Array(MAX_KEYS);
  readonly #lastAt = new Float64Array(MAX_KEYS);
  /** Numbers of what was counted since the last drain. */
  readonly #counted = new Int32Array(MAX_KEYS);
  #countedSize = 0;
  /** What samples held since the last drain, by number. */
  readonly #samples = new Map<number, PayloadSamples>();
  /** Counted before the dictionary was renewed. */
  #before: Sighting[] = [];

  /** The number of a key, or -1. */
  find(key: KeyWriter): number {
    return this.#known.find(key);
  }

  /** The number of a key that `find` did not find; others become invalid where all had to go. */
  add(key: KeyWriter, service: Party | undefined, meaning: Meaning): number {
    const isUseful = 'operations' in meaning && service !== undefined;
    const described = isUseful ? { service, operations: meaning.operations } : undefined;
    let number = this.#known.add(key, described);
    if (number < 0) {
      this.#before = this.drain();
      this.#known.renew();
      number = this.#known.add(key, described);
    }
    this.#reasons[number] = 'reason' in meaning ? reasonNumber(meaning.reason) : -1;
    return number;
  }

  /** Why spans of this number are of no use, as a number of `reasonNumber`; -1 where they are. */
  reasonOf(number: number): number {
    return this.#reasons[number] ?? -1;
  }

  /** An id that stays good while the number may not. */
  idOf(number: number): number {
    return this.#known.idOf(number);
  }

  /** The operation with an id, as long as it is remembered. */
  operationOf(id: number): Operation | undefined {
    return this.#known.entryOf(id)?.operations[0];
  }

  /** Of what samples of payloads are; undefined where spans of this number are of no use. */
  sampledAt(number: number): Pick<Sighting, 'service' | 'method' | 'path' | 'route'> | undefined {
    const described = this.#known.at(number);
    const operation = described?.operations[0];
    if (described === undefined || operation === undefined) return undefined;
    const { method, path, route } = operation;
    return { service: described.service, method, path, ...(route !== undefined && { route }) };
  }

  /** Adds what samples of payloads held, of a number that was counted. */
  addSamples(number: number, samples: PayloadSamples): void {
    this.#samples.set(number, addSamples(this.#samples.get(number), samples) ?? samples);
  }

  count(number: number, count: number, at: number): void {
    const before = this.#counts[number] ?? 0;
    this.#counts[number] = before + count;
    if (before === 0) {
      this.#counted[this.#countedSize++] = number;
      this.#firstAt[number] = at;
      this.#lastAt[number] = at;
    } else if (at > (this.#lastAt[number] ?? 0)) this.#lastAt[number] = at;
    else if (at < (this.#firstAt[number] ?? 0)) this.#firstAt[number] = at;
  }

  /** What was counted since the last time. */
  drain(): Sighting[] {
    const sightings = this.#before;
    this.#before = [];
    for (let index = 0; index < this.#countedSize; index++) {
      this.#toSightings(this.#counted[index] ?? 0, sightings);
    }
    this.#countedSize = 0;
    this.#samples.clear();
    return sightings;
  }

  #toSightings(number: number, into: Sighting[]): void {
    const count = this.#counts[number] ?? 0;
    const firstAt = this.#firstAt[number] ?? 0;
    const lastAt = this.#lastAt[number] ?? 0;
    this.#counts[number] = 0;
    const described = this.#known.at(number);
    if (described === undefined) return;
    const { service } = described;
    const samples = this.#samples.get(number);
    for (const operation of described.operations) {
      into.push({ service, ...operation, count, firstAt, lastAt, ...(samples && { samples }) });
    }
  }
}
