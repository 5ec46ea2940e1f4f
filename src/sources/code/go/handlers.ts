import type { Program } from '../interpreter/framework.ts';
import { baseKey } from '../interpreter/members.ts';
import {
  type Call,
  type RouterValue,
  routerIn,
  textValue,
  UNKNOWN,
  type Value,
} from '../interpreter/value.ts';
import type { TemplateSyntax } from '../template.ts';

/** What is registered under a path: a handler, or a router of its own. */

const STRIPPED = 'stripped';

interface Stripped {
  readonly router: RouterValue;
  readonly prefix: Value;
}

/** `http.StripPrefix("/api", router)` */
export function stripPrefix(call: Call): Value {
  const [prefix = UNKNOWN, handler = UNKNOWN] = call.positional;
  const router = routerIn(handler);
  return router
    ? { is: 'data', tag: STRIPPED, data: { router, prefix } satisfies Stripped }
    : handler;
}

/** The router in a handler, with the prefix that is taken off before it sees the path. An object
 *  of the program's own counts where it serves HTTP itself. */
export function mountedIn(
  handler: Value | undefined,
): { router: RouterValue; prefix: Value } | undefined {
  if (handler?.is === 'data' && handler.tag === STRIPPED) return handler.data as Stripped;
  if (handler?.is === 'record' && handler.class) {
    const isHandler =
      handler.class.members.own('ServeHTTP') !== undefined ||
      [...handler.fields.keys()].some((key) => key.startsWith(baseKey('')));
    if (!isHandler) return undefined;
  }
  const router = handler?.is === 'list' ? undefined : routerIn(handler);
  return router && { router, prefix: textValue('') };
}

/** Registers a route, or mounts what the handler holds. `mountAt` says under which prefix a router
 *  that nothing is stripped for sees its paths: its whole path, unless the framework strips. */
export function registerHandler(
  router: RouterValue,
  reader: string,
  methods: readonly string[],
  path: Value,
  handler: Value | undefined,
  syntax: TemplateSyntax,
  call: Call,
  { book, interpreter }: Program,
  mountAt?: Value,
): void {
  interpreter.effect();
  const mounted = mountedIn(handler);
  if (mounted && mounted.router.id !== router.id) {
    book.mount(router, mounted.router, mountAt ?? mounted.prefix, syntax);
  } else book.route(router, reader, methods, path, syntax, call.place);
}
