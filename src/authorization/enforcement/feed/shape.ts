/** Reads JSON whose shape is known but not believed: each reader gives a value of its type, or throws a `ShapeError` that
 *  says where it is not. Without a library: this runs in services, too. */

export type Read<To> = (value: unknown, at: string) => To;

export class ShapeError extends Error {}

export const text: Read<string> = (value, at) => {
  if (typeof value === 'string') return value;
  throw new ShapeError(`${at} is no text`);
};

export const flag: Read<boolean> = (value, at) => {
  if (typeof value === 'boolean') return value;
  throw new ShapeError(`${at} is neither true nor false`);
};

/** Whole, from 1. */
export const count: Read<number> = (value, at) => {
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw new ShapeError(`${at} is no whole number from 1`);
};

/** A value as it stands, which somebody else judges. */
export const members: Read<Readonly<Record<string, unknown>>> = (value, at) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new ShapeError(`${at} is no object`);
};

export function oneOf<const Word extends string>(words: readonly Word[]): Read<Word> {
  return (value, at) => {
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    throw new ShapeError(`${at} is none of ${words.join(', ')}`);
  };
}

export function listOf<Item>(read: Read<Item>): Read<readonly Item[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw new ShapeError(`${at} is no list`);
    return value.map((item, index) => read(item, `${at}[${index}]`));
  };
}

export function optional<To>(read: Read<To>): Read<To | undefined> {
  return (value, at) => (value === undefined ? undefined : read(value, at));
}

/** The members that are named; others are passed over. One that is undefined is there, as undefined. */
export function record<To extends object>(
  readers: {
    readonly [Name in keyof To]-?: Read<To[Name]>;
  },
): Read<To> {
  const all = Object.entries(readers) as [string, Read<unknown>][];
  return (value, at) => {
    const given = members(value, at);
    const read: Record<string, unknown> = {};
    for (const [name, reader] of all) {
      read[name] = reader(Object.hasOwn(given, name) ? given[name] : undefined, `${at}.${name}`);
    }
    return read as To;
  };
}
