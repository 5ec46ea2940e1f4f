import { type Place, singularOf } from '../learning/index.ts';
import { isVersion } from '../paths/index.ts';

/** Kinds that say more than the collection does. */
const BY_KIND: Readonly<Record<string, string>> = {
  date: 'date',
  email: 'email',
  handle: 'handle',
  list: 'ids',
  token: 'token',
  jwt: 'token',
  long: 'value',
  text: 'name',
};

const MAX_NAME = 60;
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
  const kind = BY_KIND[/^\{(\w+)\}/.exec(mask)?.[1] ?? ''];
  return kind !== undefined && views.every(({ token }) => token === mask) ? kind : undefined;
}

function nameOfCollection(parent: Place | undefined): string {
  if (parent === undefined || parent.isParameter || isVersion(parent.word)) return 'id';
  const words = parent.word.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  const last = words.pop();
  if (last === undefined) return 'id';
  const camel = [...words, singularOf(last)].map((word, rank) =>
    rank === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1).toLowerCase(),
  );
  return `${camel.join('').slice(0, MAX_NAME)}Id`;
}

function unique(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}${number}`)) number++;
  return `${name}${number}`;
}
