import type { ClassValue, Value } from './value.ts';

/** Classes that one inherits from, as far up as is looked. */
const MAX_LINEAGE = 64;

/** The classes of the program that a class with these bases inherits from, nearest first. */
export function ancestorsOf(bases: readonly Value[]): readonly ClassValue[] {
  const found = new Set<ClassValue>();
  for (const base of bases) {
    if (base.is !== 'class') continue;
    for (const one of [base, ...base.ancestors]) if (found.size < MAX_LINEAGE) found.add(one);
  }
  return [...found];
}

/** A class and all that it inherits from. */
export function lineageOf(type: ClassValue): readonly ClassValue[] {
  return [type, ...type.ancestors];
}

/** A member of a class, its own or inherited. */
export function memberOfClass(type: ClassValue, name: string): Value | undefined {
  for (const one of lineageOf(type)) {
    const found = one.members.own(name);
    if (found) return found;
  }
  return undefined;
}

/** The classes of libraries that a class inherits from, by their full names. */
export function libraryBases(type: ClassValue): readonly string[] {
  return lineageOf(type).flatMap(({ bases }) =>
    bases.flatMap((base) => (base.is === 'external' ? [base.path] : [])),
  );
}
