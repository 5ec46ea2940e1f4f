import { posix } from 'node:path';
import type { SchemaFile } from './roots.ts';
import type { SchemaField, SchemaType } from './schema.ts';

const MAX_LEVELS = 4;
const MAX_FIELDS = 300;
/** Definitions of one name that are told apart; a repository with more has copies. */
const MAX_SAME_NAME = 50;

interface Located {
  readonly folder: string;
  readonly type: SchemaType;
}

/** Collects names of the fields that an operation takes and gives. Of types with the same name,
 *  those whose file lies nearest are meant. */
export class TypeFields {
  readonly #byName = new Map<string, Located[]>();
  readonly #nearest = new Map<string, readonly SchemaType[]>();

  constructor(files: readonly SchemaFile[]) {
    for (const { path, schema } of files) {
      const folder = posix.dirname(path);
      for (const type of schema.types) {
        const same = this.#byName.get(type.name) ?? [];
        this.#byName.set(type.name, same);
        if (same.length < MAX_SAME_NAME) same.push({ folder, type });
      }
    }
  }

  /** Arguments first, then what is in the result, level by level, at most a few hundred names. */
  of(operation: SchemaField, path: string): readonly string[] {
    const folder = posix.dirname(path);
    const names = new Set<string>(operation.arguments.slice(0, MAX_FIELDS));
    const seen = new Set<string>();
    let level: readonly string[] = operation.types;
    for (let depth = 0; depth < MAX_LEVELS && level.length > 0; depth++) {
      const next = new Set<string>();
      for (const name of level) {
        if (seen.has(name)) continue;
        seen.add(name);
        for (const type of this.#find(name, folder)) {
          for (const member of type.members) next.add(member);
          for (const field of type.fields) {
            if (names.size >= MAX_FIELDS) return [...names];
            names.add(field.name);
            for (const inner of field.types) next.add(inner);
          }
        }
      }
      level = [...next];
    }
    return [...names];
  }

  /** A type and its extensions. */
  #find(name: string, folder: string): readonly SchemaType[] {
    const key = `${folder}\n${name}`;
    const known = this.#nearest.get(key);
    if (known !== undefined) return known;
    let best = -1;
    let found: SchemaType[] = [];
    for (const located of this.#byName.get(name) ?? []) {
      const shared = sharedSteps(located.folder, folder);
      if (shared > best) found = [];
      best = Math.max(best, shared);
      if (shared === best) found.push(located.type);
    }
    this.#nearest.set(key, found);
    return found;
  }
}

/** Folders that two paths have in common, from the root. */
function sharedSteps(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  let count = 0;
  while (count < left.length && left[count] === right[count]) count++;
  return count;
}
