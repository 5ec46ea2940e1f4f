import type { Protocol } from '../../estate/index.ts';
import { joinTemplates } from './template.ts';

/** What language readers find and how it becomes endpoints: routers that hold routes, mounts that
 *  put one router under a prefix of another, and names that mean the same router in other files.
 *  No language or framework is known here. */

/** Names a router: `file#symbol`, made by `routerId`. The symbol is whatever the reader calls it
 *  (a variable, an export, `createApp()` for what a function returns), unique in its file. */
export type RouterId = string;

export function routerId(file: string, symbol: string): RouterId {
  return `${file}#${symbol}`;
}

export interface CodePlace {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/** A router that is made somewhere. */
export interface CodeRouter {
  readonly id: RouterId;
  /** A root: it listens, or is what the framework starts. */
  readonly isApplication?: boolean;
  /** Put before all of its routes, wherever it is mounted. Normalised templates; several make
   *  several routes. */
  readonly prefixes?: readonly string[];
  /** A guard stands before all of its routes. */
  readonly security?: 'required';
}

/** A route as registered on a router. */
export interface CodeRoute {
  readonly router: RouterId;
  /** The framework: `express`. */
  readonly reader: string;
  readonly protocol?: Protocol;
  /** `GET`; `ANY` for all. */
  readonly method: string;
  /** Normalised by `toTemplates`, without the prefixes of routers. */
  readonly template: string;
  readonly place: CodePlace;
  /** Names of parameters and fields beside those in the template. */
  readonly fields?: readonly string[];
  readonly security?: 'required';
  readonly deprecated?: boolean;
}

/** One router put into another. */
export interface CodeMount {
  readonly parent: RouterId;
  readonly child: RouterId;
  /** Normalised template; `/` or empty for none. */
  readonly prefix: string;
  /** A guard stands in the mount (`app.use('/admin', authenticate, admin)`). */
  readonly security?: 'required';
}

/** `name` is another name of the router `means`: an import, an export, an assignment. Chains are
 *  followed; a name that leads to nothing is a router of its own. */
export interface CodeAlias {
  readonly name: RouterId;
  readonly means: RouterId;
}

export interface RouterModel {
  readonly routers: readonly CodeRouter[];
  readonly routes: readonly CodeRoute[];
  readonly mounts: readonly CodeMount[];
  readonly aliases: readonly CodeAlias[];
}

/** A model to be filled while files are read. */
export interface RouterModelBuilder extends RouterModel {
  readonly routers: CodeRouter[];
  readonly routes: CodeRoute[];
  readonly mounts: CodeMount[];
  readonly aliases: CodeAlias[];
}

export function emptyModel(): RouterModelBuilder {
  return { routers: [], routes: [], mounts: [], aliases: [] };
}

/** One endpoint that the code serves. */
export interface ResolvedRoute {
  readonly reader: string;
  readonly protocol: Protocol;
  readonly method: string;
  readonly template: string;
  /** Where the route is registered. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The file whose service serves it: that of the application which mounts it, else its own. */
  readonly servedBy: string;
  readonly fields: readonly string[];
  readonly security?: 'required';
  readonly deprecated?: boolean;
}

/** Mounts on the way from an application to a route. */
const MAX_MOUNT_DEPTH = 24;
/** Routes of one model; more come from a loop that no one wrote by hand. */
const MAX_ROUTES = 200_000;
/** Routers entered during one resolution: routers that mount each other twice at every level would
 *  otherwise double the work with each. */
const MAX_STEPS = 300_000;

/** Walks the mounts from every root and gives each route once for each way that leads to it.
 *  Roots are the applications that nothing mounts; after them, routers that no root reaches give
 *  their routes as they are, from the outermost of them inwards. A ring of mounts is walked once
 *  around. Sorted by file, line, column, template and method. */
export function resolveRoutes(model: RouterModel): ResolvedRoute[] {
  return new Resolution(model).run();
}

interface Step {
  readonly prefix: string;
  readonly security: 'required' | undefined;
}

class Resolution {
  readonly #model: RouterModel;
  readonly #aliases: ReadonlyMap<RouterId, RouterId>;
  readonly #routers: ReadonlyMap<RouterId, readonly CodeRouter[]>;
  readonly #routes: ReadonlyMap<RouterId, readonly CodeRoute[]>;
  readonly #mounts: ReadonlyMap<RouterId, readonly CodeMount[]>;
  readonly #mounted: ReadonlySet<RouterId>;
  readonly #visited = new Set<RouterId>();
  readonly #found = new Map<string, ResolvedRoute>();
  #steps = 0;

  constructor(model: RouterModel) {
    this.#model = model;
    this.#aliases = new Map(model.aliases.map(({ name, means }) => [name, means]));
    this.#routers = Map.groupBy(model.routers, ({ id }) => this.#meant(id));
    this.#routes = Map.groupBy(model.routes, ({ router }) => this.#meant(router));
    this.#mounts = Map.groupBy(model.mounts, ({ parent }) => this.#meant(parent));
    this.#mounted = new Set(
      model.mounts
        .filter(({ parent, child }) => this.#meant(parent) !== this.#meant(child))
        .map(({ child }) => this.#meant(child)),
    );
  }

  run(): ResolvedRoute[] {
    const applications = this.#model.routers.filter(({ isApplication }) => isApplication);
    const all = [...this.#routers.keys(), ...this.#routes.keys(), ...this.#mounts.keys()].sort();
    const isRoot = (id: RouterId): boolean => !this.#mounted.has(id);
    const roots = applications.map(({ id }) => this.#meant(id)).filter(isRoot);
    for (const root of new Set(roots))
      this.#walk(root, fileOf(root), [], { prefix: '', security: undefined });
    // Loose routers next; last what is only mounted in a ring, so that nothing is lost.
    for (const wanted of [isRoot, () => true]) {
      for (const id of all) {
        if (wanted(id) && !this.#visited.has(id)) {
          this.#walk(id, undefined, [], { prefix: '', security: undefined });
        }
      }
    }
    return [...this.#found.values()].sort(byPlace);
  }

  #walk(
    id: RouterId,
    application: string | undefined,
    path: readonly RouterId[],
    step: Step,
  ): void {
    if (path.includes(id) || path.length > MAX_MOUNT_DEPTH) return;
    if (this.#found.size > MAX_ROUTES || ++this.#steps > MAX_STEPS) return;
    this.#visited.add(id);
    const facts = this.#routers.get(id) ?? [];
    const security = step.security ?? facts.find((fact) => fact.security)?.security;
    const own = facts.flatMap((fact) => fact.prefixes ?? []);
    for (const prefix of own.length === 0 ? [''] : own) {
      const here = { prefix: joinTemplates(step.prefix, prefix), security };
      for (const route of this.#routes.get(id) ?? []) this.#emit(route, application, here);
      for (const mount of this.#mounts.get(id) ?? []) {
        this.#walk(this.#meant(mount.child), application, [...path, id], {
          prefix: joinTemplates(here.prefix, mount.prefix),
          security: here.security ?? mount.security,
        });
      }
    }
  }

  #emit(route: CodeRoute, application: string | undefined, step: Step): void {
    const { reader, protocol = 'http', method, place } = route;
    const template =
      protocol === 'http' ? joinTemplates(step.prefix, route.template) : route.template;
    const servedBy = application ?? place.file;
    const security = step.security ?? route.security;
    const key = [servedBy, protocol, method, template, place.file, place.line, place.column];
    this.#found.set(key.join(' '), {
      reader,
      protocol,
      method,
      template,
      ...place,
      servedBy,
      fields: route.fields ?? [],
      ...(security !== undefined && { security }),
      ...(route.deprecated && { deprecated: true }),
    });
  }

  #meant(name: RouterId): RouterId {
    const seen = new Set<RouterId>();
    let current = name;
    for (
      let next = this.#aliases.get(current);
      next !== undefined;
      next = this.#aliases.get(current)
    ) {
      if (seen.has(current)) return current;
      seen.add(current);
      current = next;
    }
    return current;
  }
}

function fileOf(id: RouterId): string {
  return id.slice(0, id.indexOf('#'));
}

function byPlace(a: ResolvedRoute, b: ResolvedRoute): number {
  return (
    compare(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compare(a.template, b.template) ||
    compare(a.method, b.method) ||
    compare(a.servedBy, b.servedBy)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
