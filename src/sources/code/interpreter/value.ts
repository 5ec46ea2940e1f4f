import type { CodePlace, RouterId } from '../routes.ts';
import type { ClassNode, FunctionNode } from './program.ts';
import type { Scope } from './scope.ts';

/** What an expression comes to, as far as it can be told without running the program. */
export type Value =
  | Unknown
  | TextValue
  | ListValue
  | RecordValue
  | RouterValue
  | FunctionValue
  | ClassValue
  | ModuleValue
  | ExternalValue
  | NativeValue
  | DataValue;

export interface Unknown {
  readonly is: 'unknown';
}
/** Parts that are not known stand in it as holes: see `hole`. */
export interface TextValue {
  readonly is: 'text';
  readonly text: string;
  /** The call or the row of a table that it was written in: where a route with this path is
   *  registered, if a function or a loop does it for many. */
  readonly place?: CodePlace;
}
export interface ListValue {
  readonly is: 'list';
  readonly items: Value[];
  /** Where a literal stands. */
  readonly place?: CodePlace;
}
/** An object, a struct, a dictionary: entries in the order in which they were set. */
export interface RecordValue {
  readonly is: 'record';
  readonly class?: ClassValue;
  readonly fields: Map<string, Value>;
}
export interface RouterValue {
  readonly is: 'router';
  readonly id: RouterId;
  /** Which of the language's tables says what its methods do. */
  readonly kind: string;
}
export interface FunctionValue {
  readonly is: 'function';
  readonly node: FunctionNode;
  readonly scope: Scope;
  readonly self?: Value;
  /** What decorators say about it, by the name that their framework gives it. */
  readonly facts: Map<string, Value>;
}
export interface ClassValue {
  readonly is: 'class';
  readonly node: ClassNode;
  readonly scope: Scope;
  readonly bases: readonly Value[];
  /** Classes of the program that it inherits from, nearest first. */
  readonly ancestors: readonly ClassValue[];
  readonly members: Scope;
  /** Values of types that are not known further, one for each class. */
  readonly facts: Map<string, Value>;
}
export interface ModuleValue {
  readonly is: 'module';
  readonly path: string;
  readonly scope: Scope;
}
/** Something of a library: `flask.Flask`; what calling it gives has `()` behind. */
export interface ExternalValue {
  readonly is: 'external';
  readonly path: string;
}
/** A function whose effect a framework's table knows. */
export interface NativeValue {
  readonly is: 'native';
  call(call: Call): Value;
}
/** What a framework's table keeps between two calls: a route that is being built, a URL pattern. */
export interface DataValue {
  readonly is: 'data';
  readonly tag: string;
  readonly data: unknown;
}

export interface Call {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  readonly types: readonly Value[];
  readonly isDecorator: boolean;
  readonly place: CodePlace;
}

export const UNKNOWN: Unknown = { is: 'unknown' };

export function textValue(text: string, place?: CodePlace): TextValue {
  return { is: 'text', text, ...(place && { place }) };
}

export function native(call: (call: Call) => Value): NativeValue {
  return { is: 'native', call };
}

export function listValue(items: readonly Value[], place?: CodePlace): ListValue {
  return { is: 'list', items: [...items], ...(place && { place }) };
}

// Private-use characters, which no path holds.
const OPEN = '\uE000';
const CLOSE = '\uE001';
const HOLES = /\uE000([^\uE001]*)\uE001/g;

/** A part of a text that is not known, with a name for it. */
export function hole(name: string): string {
  return `${OPEN}${name.replaceAll(/[^\w]/g, '')}${CLOSE}`;
}

/** The text with `toParameter` in place of holes. A hole at the very beginning goes: it is a prefix
 *  from configuration, and most often empty. */
export function fillHoles(text: string, toParameter: (name: string) => string): string {
  return text
    .replace(/^(?:\uE000[^\uE001]*\uE001)+/, '')
    .replaceAll(HOLES, (_, name: string) => toParameter(name === '' ? 'param' : name));
}

/** Text without holes. */
export function plainText(value: Value | undefined): string | undefined {
  return value?.is === 'text' && !value.text.includes(OPEN) ? value.text : undefined;
}

export function itemsOf(value: Value | undefined): readonly Value[] {
  if (value?.is === 'list') return value.items;
  return value?.is === 'record' && value.class === undefined ? [...value.fields.values()] : [];
}

/** The texts in a list, or the one text. */
export function textsOf(value: Value | undefined): string[] {
  const values = value?.is === 'text' ? [value] : itemsOf(value);
  return values.flatMap((item) => plainText(item) ?? []);
}

/** An argument by its place or its name. */
export function argument(call: Call, index: number, ...names: readonly string[]): Value {
  for (const name of names) {
    const value = call.named.get(name);
    if (value !== undefined) return value;
  }
  return call.positional[index] ?? UNKNOWN;
}

/** The router that a value is, or wraps as its only one: a middleware, a server, an object of the
 *  program's own with one router in it. */
export function routerIn(value: Value | undefined): RouterValue | undefined {
  if (value?.is === 'router') return value;
  if (value?.is !== 'record' && value?.is !== 'list') return undefined;
  const routers = (value.is === 'list' ? value.items : [...value.fields.values()]).filter(
    (item) => item.is === 'router',
  );
  return routers.length === 1 ? routers[0] : undefined;
}
