import type { Place } from '../learning/index.ts';
import { idOfCollection, nameOfMask, unique } from './words.ts';

/** The representation that is wanted, as in `{id}.{format}`; not the end of a range. */
const FORMAT = /[^.]\.\{\}$/;

/** The template of a place. Parameters are called as templates known beforehand call them, else after
 *  the collection that they stand in (`/orders/{orderId}`) or the kind of their values (`{date}`), and no
 *  two alike. */
export function templateOf(place: Place): string {
  const segments: string[] = [];
  const taken = new Set<string>();
  for (const at of pathTo(place)) segments.push(at.isParameter ? parameter(at, taken) : at.word);
  return `/${segments.join('/')}`;
}

function pathTo(place: Place): Place[] {
  const path: Place[] = [];
  for (let at = place; at.parent !== undefined; at = at.parent) path.push(at);
  return path.reverse();
}

function parameter(place: Place, taken: Set<string>): string {
  const known = place.priors.flatMap(({ names }) => names);
  let index = 0;
  return place.word.replace(/\{\}/g, (_, at: number) => {
    const isFormat = at + 2 === place.word.length && FORMAT.test(place.word);
    const name = unique(known[index] ?? (isFormat ? 'format' : nameOf(place)), taken);
    index++;
    taken.add(name);
    return `{${name}}`;
  });
}

function nameOf(place: Place): string {
  return nameOfKind(place) ?? nameOfCollection(place.parent);
}

/** Where all values are of one telling kind. */
function nameOfKind({ views }: Place): string | undefined {
  const mask = views[0]?.token ?? '';
  const kind = nameOfMask(mask);
  return kind !== undefined && views.every(({ token }) => token === mask) ? kind : undefined;
}

function nameOfCollection(parent: Place | undefined): string {
  return parent === undefined || parent.isParameter ? 'id' : idOfCollection(parent.word);
}
