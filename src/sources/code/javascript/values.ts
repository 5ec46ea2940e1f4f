import type { SyntaxNode } from '../parse.ts';
import type { RouterId } from '../routes.ts';
import type { RouterKind } from './frameworks/framework.ts';
import type { Scope } from './scope.ts';

/** What the interpreter knows of a value: enough to follow paths, routers and the functions that
 *  put them together, and nothing else. */
export type Value =
  | { readonly kind: 'unknown' }
  /** A string; numbers and booleans as they are written. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'regex'; readonly source: string }
  | ListValue
  | ObjectValue
  | FunctionValue
  | ClassValue
  | ExternalValue
  | RouterValue
  /** A router on its way into another: `router.routes()`, `mount('/x', app)`. */
  | { readonly kind: 'mounted'; readonly prefix: string; readonly value: Value }
  /** A plugin that shares its parent's prefix (fastify-plugin). */
  | { readonly kind: 'unwrapped'; readonly value: Value };

export interface ListValue {
  readonly kind: 'list';
  readonly items: Value[];
  /** A Map: its items are pairs. */
  readonly isMap?: boolean;
}

export interface ObjectValue {
  readonly kind: 'object';
  readonly fields: Map<string, Value>;
  /** The class that it is an instance of. */
  readonly type?: ClassValue;
  /** The file whose exports it holds. */
  readonly module?: string;
}

export interface FunctionValue {
  readonly kind: 'function';
  readonly node: SyntaxNode;
  readonly scope: Scope;
  readonly self?: Value;
}

export interface ClassValue {
  readonly kind: 'class';
  readonly node: SyntaxNode;
  readonly scope: Scope;
  readonly name: string;
  readonly statics: Map<string, Value>;
}

/** Something that a package exports, or what calling it gives: `express` `Router`. */
export interface ExternalValue {
  readonly kind: 'external';
  readonly module: string;
  /** Steps from the package; a call is the step `()`. */
  readonly path: readonly string[];
}

export interface RouterValue {
  readonly kind: 'router';
  readonly router: RouterKind;
  readonly id: RouterId;
  /** Paths that the next registrations hang under: `router.route('/x')`, `app.basePath('/x')`. */
  readonly at?: readonly string[];
  /** Changes while the router is set up: the prefix of Koa's `router.prefix()`. */
  readonly state: Map<string, Value>;
}

export const UNKNOWN: Value = { kind: 'unknown' };

export function toText(text: string): Value {
  return { kind: 'text', text };
}

export function toList(items: readonly Value[]): ListValue {
  return { kind: 'list', items: [...items] };
}

export function toObject(entries: Iterable<readonly [string, Value]> = []): ObjectValue {
  return { kind: 'object', fields: new Map(entries) };
}

export function isKnown(value: Value | undefined): value is Value {
  return value !== undefined && value.kind !== 'unknown';
}

/** The text of a text value. */
export function asText(value: Value | undefined): string | undefined {
  return value?.kind === 'text' ? value.text : undefined;
}

/** The texts of a text or of a list of texts; what is not known in the list is left out. */
export function asTexts(value: Value | undefined): string[] {
  if (value?.kind === 'list') return value.items.flatMap(asTexts);
  const text = asText(value);
  return text === undefined ? [] : [text];
}

export function fieldIn(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  let current = value;
  for (const step of path) {
    if (current?.kind !== 'object') return undefined;
    current = current.fields.get(step);
  }
  return current;
}
