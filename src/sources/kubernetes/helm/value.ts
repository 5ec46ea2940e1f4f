import { isFields } from '../../../base/pick.ts';

/** What templates compute with: data, and functions for the methods of built-in objects. */
export type Value = string | number | boolean | null | undefined | readonly Value[] | Dict | Method;
export type Method = (...args: readonly Value[]) => Value;
export interface Dict {
  [key: string]: Value;
}

export function isDict(value: unknown): value is Dict {
  return isFields(value);
}

/** The truth of Go templates: empty things are false.
 *  @see text/template, "if" */
export function isTrue(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isDict(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** As a template prints it; nothing for what is not there, as Helm does. */
export function toText(value: Value): string {
  if (value === null || value === undefined || typeof value === 'function') return '';
  if (Array.isArray(value)) return `[${value.map(toText).join(' ')}]`;
  if (isDict(value)) {
    const entries = Object.keys(value)
      .sort()
      .map((key) => `${key}:${toText(value[key])}`);
    return `map[${entries.join(' ')}]`;
  }
  return String(value);
}

export function toNumber(value: Value): number {
  const number = typeof value === 'boolean' ? Number(value) : Number.parseFloat(toText(value));
  return Number.isFinite(number) ? number : 0;
}

export function toList(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

export function toDict(value: Value): Dict {
  return isDict(value) ? value : {};
}

export function fieldOf(value: Value, name: string): Value {
  return isDict(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Sets a key; the one that means the prototype is left out. */
export function setKey(dict: Dict, key: string, value: Value): void {
  if (key !== '__proto__') dict[key] = value;
}

const MAX_DEPTH = 64;

/** Mappings merged by key, of anything else the later; null takes a key away, as in values files. */
export function mergeValues(base: Dict, over: Dict, depth = 0): Dict {
  const merged: Dict = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const known = Object.hasOwn(base, key) ? base[key] : undefined;
    if (value === null) delete merged[key];
    else if (isDict(known) && isDict(value) && depth < MAX_DEPTH) {
      setKey(merged, key, mergeValues(known, value, depth + 1));
    } else setKey(merged, key, value);
  }
  return merged;
}
