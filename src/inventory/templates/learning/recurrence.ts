import type { Place } from './place.ts';
import type { View } from './view.ts';

interface Occurrences {
  places: number;
  belief: number;
}

/** Where else in the API names occur, and what is believed of them there: values come back under other
 *  places, and so do literals. */
export class Recurrence {
  readonly #names = new Map<string, Occurrences>();

  /** By literal: how often what comes below it is a parameter, by place. */
  readonly #followed = new Map<string, Map<Place, number>>();

  constructor(root: Place) {
    this.#collect(root);
  }

  /** Other places than those that the views lie in, by the tree of the last pass. */
  elsewhere(name: string, views: readonly View[]): { places: number; belief: number } {
    const all = this.#names.get(name);
    if (all === undefined) return NOWHERE;
    const own = new Map<Place, number>();
    for (const { place, belief } of views) {
      if (place?.parent) own.set(place.parent, belief);
    }
    let belief = all.belief;
    for (const here of own.values()) belief -= here;
    const places = all.places - own.size;
    return places > 0 ? { places, belief: Math.max(0, belief / places) } : NOWHERE;
  }

  /** The share of other places of one word below which there are values, as far as they are believed;
   *  -1 where there are none. */
  followed({ word, views }: Pick<Place, 'word' | 'views'>): number {
    const places = this.#followed.get(word);
    if (places === undefined) return -1;
    const own = new Set(views.map((view) => view.place));
    let sum = 0;
    let count = 0;
    for (const [place, share] of places) {
      if (own.has(place)) continue;
      sum += share;
      count++;
    }
    return count > 0 ? sum / count : -1;
  }

  #collect(place: Place): void {
    if (!place.isParameter && place.below.length > 0) this.#countBelow(place);
    for (const below of place.below) {
      const seen = new Set<string>();
      for (const { token, isTyped, frame, belief } of below.views) {
        if (isTyped || seen.has(token)) continue;
        seen.add(token);
        const name = stemOf(token, frame);
        const known = this.#names.get(name);
        if (known) {
          known.places++;
          known.belief += belief;
        } else this.#names.set(name, { places: 1, belief });
      }
      this.#collect(below);
    }
  }

  #countBelow(place: Place): void {
    let requests = 0;
    let values = 0;
    for (const { views } of place.below) {
      for (const view of views) {
        requests += view.requests;
        values += view.requests * view.belief;
      }
    }
    const places = this.#followed.get(place.word) ?? new Map<Place, number>();
    this.#followed.set(place.word, places.set(place, values / requests));
  }
}

const NOWHERE = { places: 0, belief: 0 };

/** A name without its suffix. */
export function stemOf(token: string, frame: string): string {
  return token.slice(0, token.length - (frame.length - 2));
}
