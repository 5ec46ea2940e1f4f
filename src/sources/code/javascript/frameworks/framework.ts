import type { SyntaxNode } from '../../parse.ts';
import type { CodeMount, CodePlace, CodeRoute, CodeRouter } from '../../routes.ts';
import type { ExternalValue, FunctionValue, RouterValue, Value } from '../values.ts';

/** How one framework's routers answer to calls of their methods. */
export interface RouterKind {
  /** As it appears in sources: `express`. */
  readonly reader: string;
  /** Registers what a call of `site.method` on `site.router` means; gives the call's value. */
  invoke(site: RouterCall): Value | undefined;
}

/** What a framework's package exports. */
export interface Framework {
  readonly reader: string;
  /** Package names, `prefix/*` for all below. */
  readonly modules: readonly string[];
  /** The value of calling (or constructing) `site.callee`. */
  call(site: ExternalCall): Value | undefined;
  /** The kind of a parameter that nothing is known of but its type or name. */
  readonly parameter?: {
    readonly kind: RouterKind;
    readonly types: readonly string[];
    readonly names: readonly string[];
  };
}

interface CallSite {
  readonly arguments: readonly Value[];
  readonly nodes: readonly SyntaxNode[];
  /** Where the call is written. */
  readonly place: CodePlace;
  readonly world: World;
  /** The file that is read, for what lies beside it. */
  readonly file: string;
}

export interface ExternalCall extends CallSite {
  readonly callee: ExternalValue;
}

export interface RouterCall extends CallSite {
  readonly router: RouterValue;
  readonly method: string;
}

/** What frameworks may do to the model and ask of the interpreter. */
export interface World {
  createRouter(kind: RouterKind, place: CodePlace, facts?: Omit<CodeRouter, 'id'>): RouterValue;
  route(route: CodeRoute): void;
  mount(mount: CodeMount): void;
  /** Says more of a router that exists. */
  describe(router: CodeRouter): void;
  implement(interfaceName: string, place: CodePlace, reader: string): void;
  call(callee: Value, values: readonly Value[]): Value;
  /** The value of a whole file, as `require` gives it. */
  load(
    path: string,
  ): { readonly value: Value; readonly autoPrefix: string | undefined } | undefined;
  readonly paths: readonly string[];
  /** Handlers are not run for their routes; they are kept from being taken for set-up code. */
  markHandler(value: Value): void;
  bodyOf(value: FunctionValue): SyntaxNode | undefined;
  isGuard(value: Value, node: SyntaxNode | undefined): boolean;
}
