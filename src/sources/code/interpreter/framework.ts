import type { CodePlace } from '../routes.ts';
import type { TemplateSyntax } from '../template.ts';
import type { Interpreter } from './interpreter.ts';
import type { RouteBook } from './route-book.ts';
import {
  type Call,
  type DataValue,
  native,
  type RouterValue,
  routerIn,
  type Value,
} from './value.ts';

/** What a framework's functions get beside their arguments. */
export interface Program {
  readonly book: RouteBook;
  readonly interpreter: Interpreter;
  /** What a dotted name stands for, where libraries take one in place of the thing itself. */
  readonly load?: (name: string, from: string) => Value | undefined;
}

export type ExternalFunction = (call: Call, program: Program) => Value | undefined;
export type RouterMethod = (router: RouterValue, call: Call, program: Program) => Value;
export type DataMethod = (data: DataValue, call: Call, program: Program) => Value;

/** What one framework's things do, by their names: the only place that knows the framework. */
export interface Framework {
  /** Functions and constructors by their full name: `flask.Flask`. */
  readonly externals?: Readonly<Record<string, ExternalFunction>>;
  /** Kinds of routers: how they write paths, and their methods. */
  readonly routers?: Readonly<
    Record<
      string,
      {
        readonly syntax: TemplateSyntax;
        readonly methods: Readonly<Record<string, RouterMethod>>;
      }
    >
  >;
  /** Methods of what its functions give beside routers, by tag. */
  readonly data?: Readonly<Record<string, Readonly<Record<string, DataMethod>>>>;
  /** Which kind of router a type is, by its full name. */
  readonly types?: Readonly<Record<string, string>>;
  /** Fields of a router that are the router itself: `app.router.add_get(…)`. */
  readonly itself?: readonly string[];
}

/** All frameworks of a language as one table. */
export class FrameworkTable {
  readonly #externals = new Map<string, ExternalFunction>();
  readonly #routers = new Map<
    string,
    { syntax: TemplateSyntax; methods: Map<string, RouterMethod> }
  >();
  readonly #data = new Map<string, Map<string, DataMethod>>();
  readonly #types = new Map<string, string>();
  readonly #itself = new Set<string>();

  constructor(frameworks: readonly Framework[]) {
    for (const framework of frameworks) {
      for (const entry of Object.entries(framework.externals ?? {})) this.#externals.set(...entry);
      for (const [kind, { syntax, methods }] of Object.entries(framework.routers ?? {})) {
        this.#routers.set(kind, { syntax, methods: new Map(Object.entries(methods)) });
        for (const name of framework.itself ?? []) this.#itself.add(`${kind}.${name}`);
      }
      for (const [tag, methods] of Object.entries(framework.data ?? {})) {
        this.#data.set(tag, new Map(Object.entries(methods)));
      }
      for (const entry of Object.entries(framework.types ?? {})) this.#types.set(...entry);
    }
  }

  external(path: string, call: Call, program: Program): Value | undefined {
    return this.#externals.get(path)?.(call, program);
  }

  member(object: Value, name: string, program: Program): Value | undefined {
    if (object.is === 'data') {
      const method = this.#data.get(object.tag)?.get(name);
      return method && native((call) => method(object, call, program));
    }
    const router = routerIn(object);
    if (router === undefined || (object.is !== 'router' && object.is !== 'record')) {
      return undefined;
    }
    if (this.#itself.has(`${router.kind}.${name}`)) return router;
    const method = this.#routers.get(router.kind)?.methods.get(name);
    return method && native((call) => method(router, call, program));
  }

  instance(path: string, place: CodePlace, program: Program): Value | undefined {
    const kind = this.#types.get(path);
    const router = kind === undefined ? undefined : this.#routers.get(kind);
    return kind === undefined || router === undefined
      ? undefined
      : program.book.router(kind, place, router.syntax);
  }
}

export const HTTP_METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

/** The same method under several names. */
export function methodsNamed<Method>(
  names: readonly string[],
  make: (name: string) => Method,
): Record<string, Method> {
  return Object.fromEntries(names.map((name) => [name, make(name)]));
}
