import type { Entity } from './entity.ts';

/** A value of Cedar. A Long is a bigint.
 *  @see https://docs.cedarpolicy.com/policies/syntax-datatypes.html */
export type Value = boolean | bigint | string | Entity | CedarSet | CedarRecord;

/** Stands for a value that depends on a request which is not there (yet). */
export const UNKNOWN: unique symbol = Symbol('unknown');
export type Unknown = typeof UNKNOWN;

/** A set without order, whose members may be of different types. */
export class CedarSet {
  /** Most sets have nothing but texts, which need no keys. */
  readonly #texts = new Set<string>();
  readonly #others = new Map<string, Value>();

  constructor(members: Iterable<Value>) {
    for (const member of members) {
      if (typeof member === 'string') this.#texts.add(member);
      else this.#others.set(keyOf(member), member);
    }
  }

  get isEmpty(): boolean {
    return this.#texts.size === 0 && this.#others.size === 0;
  }

  values(): readonly Value[] {
    return [...this.#texts, ...this.#others.values()];
  }

  has(value: Value): boolean {
    return typeof value === 'string' ? this.#texts.has(value) : this.#others.has(keyOf(value));
  }

  hasAll(other: CedarSet): boolean {
    return other.values().every((value) => this.has(value));
  }

  hasAny(other: CedarSet): boolean {
    return other.values().some((value) => this.has(value));
  }
}

export class CedarRecord {
  readonly fields: ReadonlyMap<string, Value>;

  constructor(fields: ReadonlyMap<string, Value>) {
    this.fields = fields;
  }
}

/** Equal for equal values, and different for different ones, across types. */
export function keyOf(value: Value): string {
  if (typeof value === 'string') return `s${value}`;
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (typeof value === 'bigint') return `l${value}`;
  if (value instanceof CedarSet) return `S${joined(value.values().map(keyOf).sort())}`;
  if (!(value instanceof CedarRecord)) return `e${value.uid}`;
  const fields = [...value.fields].sort(([a], [b]) => (a < b ? -1 : 1));
  return `R${joined(fields.flatMap(([name, field]) => [name, keyOf(field)]))}`;
}

/** With their lengths, so that no text can look like two, and none grows by what is in it. */
function joined(texts: readonly string[]): string {
  return texts.map((text) => `${text.length}:${text}`).join('');
}

/** Values of different types are not equal, which is no error. */
export function isEqual(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return a === b || keyOf(a) === keyOf(b);
}

/** The type as messages name it. */
export function typeOf(value: Value): string {
  if (typeof value === 'object') {
    if (value instanceof CedarSet) return 'a set';
    return value instanceof CedarRecord ? 'a record' : 'an entity';
  }
  return { boolean: 'true or false', bigint: 'a number', string: 'a string' }[
    typeof value as 'boolean' | 'bigint' | 'string'
  ];
}
