import { type PathParameter, shapeOf } from '../api.ts';
import { type Random, weighted } from '../random.ts';
import { STYLES, type Style } from '../traffic.ts';
import { WRITERS, type Write } from './values.ts';

/** How new things come up as requests go on: the next one is new with probability
 *  (strength + discount · distinct) / (strength + drawn), after Pitman and Yor. */
interface Growth {
  readonly strength: number;
  readonly discount: number;
  /** No more than this many. */
  readonly most: number;
}

const GROWTHS: readonly Growth[] = [
  { strength: 1, discount: 0, most: 6 },
  { strength: 4, discount: 0.2, most: 60 },
  { strength: 8, discount: 0.3, most: 600 },
  { strength: 20, discount: 0.5, most: 10_000 },
  { strength: 40, discount: 0.6, most: 10_000 },
  { strength: 60, discount: 0.8, most: 100_000 },
  { strength: 1_000_000, discount: 0, most: 1_000_000 },
];
const BELOW_PARENT: readonly Growth[] = [
  { strength: 0.5, discount: 0.1, most: 30 },
  { strength: 3, discount: 0.6, most: 10_000 },
  { strength: 0, discount: 0, most: 1 },
];
/** Of a hundred free parameters. */
const LIKELY: Readonly<Record<Style, number>> = {
  number: 16,
  uuid: 14,
  ulid: 6,
  objectid: 6,
  opaque: 12,
  prefixed: 10,
  slug: 14,
  name: 8,
  'own-words': 7,
  date: 3,
  file: 4,
};
const anyOf = weighted(STYLES.map((style) => LIKELY[style]));
const BELIEVED = 0.5;
const BELONGS = 0.55;

/** Things of one kind that were asked for so far, under one parent or under all. */
class Shelf {
  readonly #drawn: string[] = [];
  #distinct = 0;

  take(growth: Growth, random: Random, create: (order: number) => string): string {
    const { strength, discount, most } = growth;
    const odds = (strength + discount * this.#distinct) / (strength + this.#drawn.length);
    const isNew = this.#drawn.length === 0 || (this.#distinct < most && random.chance(odds));
    const value = isNew ? create(this.#distinct++) : random.pick(this.#drawn);
    this.#drawn.push(value);
    return value;
  }
}

/** One place of a path that takes values. */
export class Place {
  readonly style: Style | undefined;
  readonly #write: Write;
  readonly #growth: Growth;
  readonly #belongs: boolean;
  readonly #shelves = new Map<string, Shelf>();
  readonly #own: readonly string[];
  readonly #isFree: (value: string) => boolean;
  #created = 0;

  constructor(
    prefix: string,
    parameter: PathParameter,
    wanted: Style | undefined,
    own: readonly string[],
    isFree: (value: string) => boolean,
    random: Random,
  ) {
    const { values } = parameter;
    this.style = values ? undefined : (wanted ?? styleOf(parameter, random));
    this.#write = this.style ? random.pick(WRITERS[this.style]) : listed(values ?? []);
    this.#belongs = !values && prefix.includes('{') && random.chance(BELONGS);
    this.#growth = values
      ? { strength: values.length, discount: 0, most: values.length }
      : random.pick(this.#belongs ? BELOW_PARENT : GROWTHS);
    this.#own = own;
    this.#isFree = isFree;
  }

  value(parent: string, random: Random): string {
    const key = this.#belongs ? parent : '';
    const shelf = this.#shelves.get(key) ?? new Shelf();
    this.#shelves.set(key, shelf);
    return shelf.take(this.#growth, random, () => this.#create(random));
  }

  #create(random: Random): string {
    const order = this.#created++;
    for (let tries = 0; tries < 10; tries++) {
      const value = this.#write(order, random, this.#own);
      if (this.#isFree(value)) return value;
    }
    return String(10_000 + order);
  }
}

function listed(values: readonly string[]): Write {
  return (order) => encodeURIComponent(values[order % values.length] ?? '');
}

function styleOf({ type, format, name }: PathParameter, random: Random): Style {
  if (random.chance(BELIEVED)) {
    if (type === 'integer') return 'number';
    if (format === 'uuid' || /uu?id$/i.test(name)) return 'uuid';
    if (format === 'date') return 'date';
    if (/name$/i.test(name)) return random.pick(['slug', 'name', 'own-words'] as const);
    if (/key|code|token/i.test(name)) return random.pick(['opaque', 'prefixed', 'slug'] as const);
  }
  return STYLES[anyOf(random)] ?? 'number';
}

/** The place of a template that is cut off before a parameter. */
export function placeKey(prefix: string): string {
  return shapeOf(prefix);
}
