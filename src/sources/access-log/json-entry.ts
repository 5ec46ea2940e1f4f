import { type Fields, isFields } from '../../base/pick.ts';
import { HEADER_OBJECTS, JSON_FIELDS, type JsonField } from './json-fields.ts';

interface Meaning {
  readonly field: JsonField;
  /** Place among the names of the field: the lowest counts. */
  readonly rank: number;
}

const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  (Object.keys(JSON_FIELDS) as JsonField[]).flatMap((field) =>
    JSON_FIELDS[field].map((name, rank) => [name, { field, rank }] as const),
  ),
);
const HEADERS: ReadonlySet<string> = new Set(HEADER_OBJECTS);
/** `request`, `http.request` …: objects that may hold something wanted. */
const PREFIXES: ReadonlySet<string> = new Set(
  [...MEANINGS.keys()].flatMap((name) => {
    const steps = name.split('.');
    return steps.slice(1).map((_, index) => steps.slice(0, index + 1).join('.'));
  }),
);

/** Texts of use are shorter; a longer one is none of these fields. */
const MAX_TEXT = 16_384;

/** What one object of a log holds of the wanted fields, found in one pass over its keys. */
export class JsonEntry {
  readonly #texts: { [Field in JsonField]?: string } = {};
  readonly #ranks: { [Field in JsonField]?: number } = {};
  #headers: Fields | undefined;

  constructor(entry: Fields) {
    this.#collect(entry, '');
  }

  text(field: JsonField): string | undefined {
    return this.#texts[field];
  }

  /** Of the request, by name. */
  get headers(): Fields | undefined {
    return this.#headers;
  }

  /** Names have a few steps at most, so this goes no deeper than they do. */
  #collect(entry: Fields, prefix: string): void {
    for (const key of Object.keys(entry)) {
      const name = prefix + key;
      const value = entry[key];
      const meaning = MEANINGS.get(name);
      if (meaning !== undefined) this.#note(meaning, value);
      if (typeof value !== 'object' || !isFields(value)) continue;
      if (HEADERS.has(name)) this.#headers ??= value;
      if (PREFIXES.has(name)) this.#collect(value, `${name}.`);
    }
  }

  #note({ field, rank }: Meaning, value: unknown): void {
    if (rank >= (this.#ranks[field] ?? Number.POSITIVE_INFINITY)) return;
    const text = plainText(value);
    if (text === undefined) return;
    this.#texts[field] = text;
    this.#ranks[field] = rank;
  }
}

/** A list stands for its first item: some writers give headers as lists of values. */
function plainText(value: unknown): string | undefined {
  const one = Array.isArray(value) ? value[0] : value;
  if (typeof one === 'number') return String(one);
  const isText = typeof one === 'string' && one !== '' && one !== '-' && one.length <= MAX_TEXT;
  return isText ? one : undefined;
}
