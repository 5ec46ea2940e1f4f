import { type PathParameter, shapeOf } from './api.ts';
import { KINDS } from './identifiers.ts';
import type { Profile } from './profiles.ts';
import { type Random, weighted, zipfRank } from './random.ts';
import { STYLES, type Style } from './traffic.ts';
import type { IsFree } from './vocabulary.ts';

/** How the values of one parameter position look and how many there are. */
export interface Pool {
  readonly style: Style | undefined;
  /** A value as sent, never one of the literals beside the parameter. `parent` is the path before it. */
  value(parent: string, random: Random): string;
}

/** What pools are made under: one API, one run. */
export interface PoolContext {
  readonly profile: Profile;
  readonly style: Style | undefined;
  /** The style that this API prefers. */
  readonly habit: Style;
  /** The words that the API's own paths are made of. */
  readonly own: readonly string[];
  readonly isFree: IsFree;
  readonly random: Random;
}

const BY_FORMAT: Readonly<Record<string, Style>> = {
  uuid: 'uuid',
  date: 'date',
  'date-time': 'date',
};
const BY_NAME: readonly (readonly [RegExp, Style])[] = [
  [/date|day$|month|since|until/i, 'date'],
  [/file|asset|attachment/i, 'file'],
  [/slug|tag|topic|title|category|region|country|language|locale|currency/i, 'slug'],
  [/user_?name|login|handle|email|owner|author/i, 'name'],
];
const MAX_TRIES = 8;

/** The pools of an API: one for each parameter position, alike in all operations that share it. Equal
 *  collections in several places look alike, and mostly hold the same values. */
export class Pools {
  readonly #context: PoolContext;
  readonly #pools = new Map<string, Pool>();

  constructor(context: PoolContext) {
    this.#context = context;
  }

  /** The pool of the parameter that follows `prefix`, which is a template cut off before it. */
  at(prefix: string, parameter: PathParameter): Pool {
    const place = `${shapeOf(prefix)}{}`;
    const known = this.#pools.get(place);
    if (known) return known;
    const pool = parameter.values ? closed(parameter.values) : this.#open(prefix, parameter, place);
    this.#pools.set(place, pool);
    return pool;
  }

  #open(prefix: string, parameter: PathParameter, place: string): Pool {
    const { profile, own, isFree, random } = this.#context;
    const collection = collectionOf(prefix, parameter.name);
    const kindOf = random.fork(`kind ${collection}`);
    const style = this.#styleOf(parameter, kindOf);
    const draw = profile.kinds?.(style, kindOf) ?? kindOf.pick(KINDS[style]);
    const local = random.fork(`place ${place}`);
    const isNested = prefix.includes('{') && local.chance(profile.nested);
    const [smallest, largest] = isNested ? profile.nestedSizes : profile.poolSizes;
    const size = Math.round(smallest * (largest / smallest) ** (isNested ? local : kindOf).next());
    const isShared = !isNested && local.chance(0.8);
    const seed = random.fork(`values ${isShared ? collection : place}`);
    return {
      style,
      value: (parent, requests) => {
        const rank = zipfRank(size, profile.valueExponent, requests);
        const values = seed.fork(isNested ? `${parent} ${rank}` : String(rank));
        return drawn(
          () => draw(values, own),
          (value) => isFree(prefix, value),
          values,
        );
      },
    };
  }

  #styleOf(parameter: PathParameter, random: Random): Style {
    const { style, profile, habit } = this.#context;
    if (style) return style;
    if (random.chance(profile.typed)) {
      const declared = declaredStyle(parameter);
      if (declared) return declared;
    }
    if (random.chance(profile.habit)) return habit;
    return anyStyle(profile, random);
  }
}

/** A style as often as the profile has it. */
export function anyStyle(profile: Profile, random: Random): Style {
  return STYLES[weighted(STYLES.map((style) => profile.styles[style]))(random)] ?? 'number';
}

function declaredStyle({ name, type, format }: PathParameter): Style | undefined {
  if (type === 'integer' || type === 'number') return 'number';
  return BY_FORMAT[format ?? ''] ?? BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
}

/** `orders` of `/orders/{id}`, wherever it stands; the parameter's name where parameters are adjacent. */
function collectionOf(prefix: string, name: string): string {
  const before = prefix.split('/').filter(Boolean).at(-1) ?? '';
  return before.includes('{') ? name : before;
}

function closed(values: readonly string[]): Pool {
  const encoded = values.map((value) => encodeURIComponent(value));
  return { style: undefined, value: (_, random) => random.pick(encoded) };
}

/** A value that is free; a number where chance gives none. */
function drawn(draw: () => string, isFree: (value: string) => boolean, random: Random): string {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const value = draw();
    if (isFree(value)) return value;
  }
  return String(random.between(1_000, 99_999_999));
}
