import {
  type CodePlace,
  type CodeRouter,
  emptyModel,
  type RouterModelBuilder,
  routerId,
} from '../routes.ts';
import { type TemplateSyntax, toTemplates } from '../template.ts';
import { fillHoles, type RouterValue, type Value } from './value.ts';

export interface RouterOptions {
  readonly isApplication?: boolean;
  readonly prefix?: Value | undefined;
  readonly security?: 'required' | undefined;
}

/** What a route says beside its path. */
export interface RouteFacts {
  readonly fields?: readonly string[];
  readonly security?: 'required' | undefined;
  readonly deprecated?: boolean | undefined;
}

/** Takes down what a program registers while it is run. */
export class RouteBook {
  readonly model: RouterModelBuilder = emptyModel();
  readonly #originOf: (place: CodePlace) => string;
  readonly #made = new Map<string, number>();
  /** Prefixes that hold only where nothing mounts the router. */
  readonly #ownPrefixes = new Map<string, Value>();
  readonly #later: (() => void)[] = [];

  /** @param originOf the file whose service an application belongs to, by where it is made */
  constructor(originOf: (place: CodePlace) => string = ({ file }) => file) {
    this.#originOf = originOf;
  }

  /** A new router. One that a loop or a function makes several times is several. */
  router(
    kind: string,
    place: CodePlace,
    syntax: TemplateSyntax,
    options: RouterOptions = {},
  ): RouterValue {
    const symbol = `${place.file}:${place.line}:${place.column} ${kind}`;
    const base = routerId(options.isApplication ? this.#originOf(place) : place.file, symbol);
    const count = (this.#made.get(base) ?? 0) + 1;
    this.#made.set(base, count);
    const id = count === 1 ? base : `${base} ${count}`;
    const prefixes = writtenTemplates(options.prefix, syntax);
    const router: CodeRouter = {
      id,
      ...(options.isApplication && { isApplication: true }),
      ...(prefixes.length > 0 && { prefixes }),
      ...(options.security && { security: options.security }),
    };
    this.model.routers.push(router);
    return { is: 'router', id, kind };
  }

  /** The one router of this kind at this place. */
  shared(
    kind: string,
    place: CodePlace,
    syntax: TemplateSyntax,
    options: RouterOptions = {},
  ): RouterValue {
    const symbol = `${place.file}:${place.line}:${place.column} ${kind}`;
    const id = routerId(options.isApplication ? this.#originOf(place) : place.file, symbol);
    return this.#made.has(id)
      ? { is: 'router', id, kind }
      : this.router(kind, place, syntax, options);
  }

  /** The prefix of a router that a mount with a prefix replaces. */
  setOwnPrefix(router: RouterValue, prefix: Value): void {
    if (prefix.is === 'text') this.#ownPrefixes.set(router.id, prefix);
  }

  ownPrefix(router: RouterValue): Value | undefined {
    return this.#ownPrefixes.get(router.id);
  }

  /** What stands before all routes of a router, as a template. */
  prefixOf(router: RouterValue): string | undefined {
    return this.model.routers.find(({ id }) => id === router.id)?.prefixes?.[0];
  }

  /** Done when the whole program has run: for routes that later calls still change. */
  later(register: () => void): void {
    this.#later.push(register);
  }

  /** The finished model: routers that nothing mounts get their own prefixes. */
  finish(syntax: TemplateSyntax): RouterModelBuilder {
    for (const register of this.#later.splice(0)) register();
    const mounted = new Set(this.model.mounts.map(({ child }) => child));
    for (const [id, prefix] of this.#ownPrefixes) {
      if (mounted.has(id)) continue;
      this.model.routers.push({ id, prefixes: writtenTemplates(prefix, syntax) });
    }
    return this.model;
  }

  /** Puts `child` into `parent`; a prefix that is not known counts as none. */
  mount(
    parent: RouterValue,
    child: RouterValue,
    prefix: Value | undefined,
    syntax: TemplateSyntax,
    security?: 'required',
  ): void {
    const prefixes = writtenTemplates(prefix, syntax);
    for (const written of prefixes.length === 0 ? [''] : prefixes) {
      this.model.mounts.push({
        parent: parent.id,
        child: child.id,
        prefix: written,
        ...(security && { security }),
      });
    }
  }

  /** One route for each method and each form of the path. Nothing where the path is not known. */
  route(
    router: RouterValue,
    reader: string,
    methods: readonly string[],
    path: Value | undefined,
    syntax: TemplateSyntax,
    place: CodePlace,
    more: RouteFacts = {},
  ): boolean {
    const templates = writtenTemplates(path, syntax);
    const at = (path?.is === 'text' ? path.place : undefined) ?? place;
    for (const template of templates) {
      for (const method of new Set(methods.map((name) => name.toUpperCase()))) {
        if (!/^[A-Z][A-Z-]{1,19}$/.test(method)) continue;
        this.model.routes.push({
          router: router.id,
          reader,
          method,
          template,
          place: at,
          ...(more.fields && more.fields.length > 0 && { fields: more.fields }),
          ...(more.security && { security: more.security }),
          ...(more.deprecated && { deprecated: true }),
        });
      }
    }
    return templates.length > 0;
  }
}

/** How a syntax writes a parameter of this name. */
const PARAMETERS: Readonly<Record<TemplateSyntax, (name: string) => string>> = {
  colon: (name) => `:${name}`,
  brace: (name) => `{${name}}`,
  angle: (name) => `<${name}>`,
  regex: (name) => `(?P<${name}>.+)`,
};

/** The templates of a path as a value; none where it is not known. */
export function writtenTemplates(path: Value | undefined, syntax: TemplateSyntax): string[] {
  if (path?.is !== 'text') return [];
  const filled = fillHoles(path.text, PARAMETERS[syntax]);
  return filled === '' ? ['/'] : toTemplates(filled, syntax);
}
