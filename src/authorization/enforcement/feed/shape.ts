/** Reads JSON whose shape is known but not believed: each reader gives a value of its type, or throws a `ShapeError` that
 *  says where it is not. Without a library: this runs in services, too. */

export type Read<To> = (value: unknown) => To;

/** What a value is not, and where inside of what was read: that is put together only where something is wrong. */
export class ShapeError extends Error {
  /** `.services[7].name` */
  readonly at: string;
  readonly isNot: string;

  constructor(isNot: string, at = '') {
    super(`${at === '' ? 'it' : `it${at}`} is ${isNot}`);
    this.at = at;
    this.isNot = isNot;
  }
}

export const text: Read<string> = (value) => {
  if (typeof value === 'string') return value;
  throw new ShapeError('no text');
};

export const flag: Read<boolean> = (value) => {
  if (typeof value === 'boolean') return value;
  throw new ShapeError('neither true nor false');
};

/** Whole, from 1. */
export const count: Read<number> = (value) => {
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw new ShapeError('no whole number from 1');
};

/** A value as it stands, which somebody else judges. */
export const members: Read<Readonly<Record<string, unknown>>> = (value) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new ShapeError('no object');
};

export function oneOf<const Word extends string>(words: readonly Word[]): Read<Word> {
  return (value) => {
    if (words.includes(value as Word)) return value as Word;
    throw new ShapeError(`none of ${words.join(', ')}`);
  };
}

export function listOf<Item>(read: Read<Item>): Read<readonly Item[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new ShapeError('no list');
    return value.map((item, index) => within(index, read, item));
  };
}

export function optional<To>(read: Read<To>): Read<To | undefined> {
  return (value) => (value === undefined ? undefined : read(value));
}

/** The members that are named; others are passed over. One that is undefined is there, as undefined. */
export function record<To extends object>(
  readers: {
    readonly [Name in keyof To]-?: Read<To[Name]>;
  },
): Read<To> {
  const all = Object.entries(readers) as [string, Read<unknown>][];
  return (value) => {
    const given = members(value);
    const read: Record<string, unknown> = {};
    for (const [name, reader] of all) {
      const member = Object.hasOwn(given, name) ? given[name] : undefined;
      read[name] = within(name, reader, member);
    }
    return read as To;
  };
}

/** @param where an index, or the name of a member */
function within<To>(where: number | string, read: Read<To>, value: unknown): To {
  try {
    return read(value);
  } catch (thrown) {
    if (!(thrown instanceof ShapeError)) throw thrown;
    const step = typeof where === 'number' ? `[${where}]` : `.${where}`;
    throw new ShapeError(thrown.isNot, `${step}${thrown.at}`);
  }
}
