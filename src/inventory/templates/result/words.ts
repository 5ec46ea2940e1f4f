import { singularOf } from '../learning/text.ts';
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

/** Where the kind that a mask is of says more than the collection does. */
export function nameOfMask(mask: string): string | undefined {
  return BY_KIND[/^\{(\w+)\}/.exec(mask)?.[1] ?? ''];
}

/** `orderId` for what stands in `orders`. */
export function idOfCollection(word: string): string {
  if (isVersion(word)) return 'id';
  const words = word.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  const last = words.pop();
  if (last === undefined) return 'id';
  const camel = [...words, singularOf(last)].map((word, rank) =>
    rank === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1).toLowerCase(),
  );
  return `${camel.join('').slice(0, MAX_NAME)}Id`;
}

/** The name, with a number where it is taken. */
export function unique(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}${number}`)) number++;
  return `${name}${number}`;
}
