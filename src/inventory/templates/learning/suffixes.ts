import type { Place } from './place.ts';
import type { View } from './view.ts';

/** What can follow a place: method and remaining path, with what is believed to be a value masked. By
 *  number of the suffix, how many requests had it. */
export type Suffixes = ReadonlyMap<number, number>;

/** Segments of a remaining path that are told apart, and suffixes of one place. */
const MAX_DEPTH = 6;
const MAX_SUFFIXES = 400;
/** Numbers of suffixes are below this; words are numbered above it. */
const WORD_SHIFT = 2 ** 24;

/** How segments are told apart in suffixes. */
export interface Spelling {
  ofView(view: View): string;
  ofPlace(place: Place): string;
}

/** As believed: names are told apart. */
export const NAMES: Spelling = { ofView: ({ word }) => word, ofPlace: ({ word }) => word };

/** Names that occur nowhere else in the API are taken for values, too: what is below two values is then
 *  alike although it holds values of their own that nothing is known of yet. */
export const COMMON_NAMES: Spelling = {
  ofView: ({ word, token, frame, isCommon }) => (isCommon || word !== token ? word : frame),
  ofPlace: ({ word, isParameter, views }) =>
    isParameter || views.some(({ isCommon }) => isCommon) ? word : (views[0]?.frame ?? word),
};

/** Suffixes as they are outside of one group. */
export interface Outside {
  weight(suffix: number): number;
  share(suffix: number): number;
}

/** All suffixes of one tree under the beliefs of one pass, and how rare each is in the API. */
export class SuffixIndex {
  readonly #words = new Map<string, number>();
  readonly #suffixes = new Map<number, number>();
  readonly #ofViews = new Map<View, Suffixes>();
  /** By suffix: in how many places of the tree of templates it occurs. */
  readonly #places = new Map<number, number>();
  #placeCount = 0;
  #occurrences = 0;

  readonly #spelling: Spelling;

  constructor(root: Place, spelling: Spelling) {
    this.#spelling = spelling;
    this.#countPlaces(root);
  }

  of(view: View): Suffixes {
    const known = this.#ofViews.get(view);
    if (known) return known;
    const suffixes = this.#below(view, MAX_DEPTH);
    this.#ofViews.set(view, suffixes);
    return suffixes;
  }

  /** Of several views that are one. */
  ofAll(views: readonly View[]): Suffixes {
    const [first] = views;
    if (first !== undefined && views.length === 1) return this.of(first);
    const sum = new Map<number, number>();
    for (const view of views) addInto(sum, this.of(view));
    return sum;
  }

  /** How much a suffix says: what follows many places says little. */
  weight(suffix: number): number {
    return Math.log((this.#placeCount + 1) / ((this.#places.get(suffix) ?? 0) + 0.5)) + 0.1;
  }

  /** The share of a suffix among all that follows any place. */
  share(suffix: number): number {
    return ((this.#places.get(suffix) ?? 0) + 0.5) / (this.#occurrences + 1);
  }

  /** What is known of the places that are none of a group's: of a suffix, how rare and how frequent. */
  outside(members: readonly (readonly View[])[]): Outside {
    const inside = new Map<number, number>();
    const places = new Set<Place>();
    let occurrences = 0;
    for (const views of members) {
      for (const view of views) {
        if (view.place === undefined || places.has(view.place)) continue;
        places.add(view.place);
        for (const suffix of this.of(view).keys()) {
          inside.set(suffix, (inside.get(suffix) ?? 0) + 1);
          occurrences++;
        }
      }
    }
    const rest = Math.max(0, this.#placeCount - places.size);
    const others = Math.max(0, this.#occurrences - occurrences);
    const count = (suffix: number): number =>
      Math.max(0, (this.#places.get(suffix) ?? 0) - (inside.get(suffix) ?? 0));
    return {
      weight: (suffix) => Math.log((rest + 1) / (count(suffix) + 0.5)) + 0.1,
      share: (suffix) => (count(suffix) + 0.5) / (others + 1),
    };
  }

  #below(view: View, depth: number): Suffixes {
    const sum = new Map<number, number>();
    for (const [method, count] of view.ends) sum.set(this.#numberOf(method, 0), count);
    if (depth === 0) return sum;
    for (const child of view.below) {
      const word = this.#spelling.ofView(child);
      for (const [suffix, count] of this.of(child)) {
        if (sum.size >= MAX_SUFFIXES) return sum;
        const longer = this.#numberOf(word, suffix);
        sum.set(longer, (sum.get(longer) ?? 0) + count);
      }
    }
    return sum;
  }

  #numberOf(word: string, suffix: number): number {
    let first = this.#words.get(word);
    if (first === undefined) {
      first = this.#words.size + 1;
      this.#words.set(word, first);
    }
    const key = first * WORD_SHIFT + suffix;
    const known = this.#suffixes.get(key);
    if (known !== undefined) return known;
    const number = this.#suffixes.size + 1;
    this.#suffixes.set(key, number);
    return number;
  }

  #countPlaces(place: Place): Set<number> {
    const suffixes = new Set<number>();
    for (const { ends } of place.views) {
      for (const method of ends.keys()) suffixes.add(this.#numberOf(method, 0));
    }
    for (const child of place.below) {
      const word = this.#spelling.ofPlace(child);
      for (const suffix of this.#countPlaces(child)) {
        if (suffixes.size >= MAX_SUFFIXES) break;
        suffixes.add(this.#numberOf(word, suffix));
      }
    }
    this.#placeCount++;
    this.#occurrences += suffixes.size;
    for (const suffix of suffixes) this.#places.set(suffix, (this.#places.get(suffix) ?? 0) + 1);
    return suffixes;
  }
}

function addInto(sum: Map<number, number>, more: Suffixes): void {
  for (const [suffix, count] of more) sum.set(suffix, (sum.get(suffix) ?? 0) + count);
}
