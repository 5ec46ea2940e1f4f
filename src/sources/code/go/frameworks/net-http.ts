import type { Framework, Program, RouterMethod } from '../../interpreter/framework.ts';
import {
  type Call,
  type RouterValue,
  type TextValue,
  textValue,
  UNKNOWN,
  type Value,
} from '../../interpreter/value.ts';
import { registerHandler, stripPrefix } from '../handlers.ts';

/** The standard library's multiplexer.
 *  @see net/http: type ServeMux, Patterns */

/** `[METHOD ][HOST]/[PATH]`; a path that ends in a slash takes everything below it. */
export function readPattern(pattern: TextValue): { methods: string[]; path: Value } {
  const parts = /^(?:([A-Z]+)[ \t]+)?([^/]*)(\/[\s\S]*)?$/.exec(pattern.text);
  const method = parts?.[1];
  const path = parts?.[3];
  if (path === undefined) return { methods: [], path: UNKNOWN };
  // What is not known before the first slash is a prefix, and no host.
  const prefix = parts?.[2]?.startsWith('\uE000') ? parts[2] : '';
  const isSubtree = path.endsWith('/') && path !== '/';
  const written = `${prefix}${path}${isSubtree ? '{path...}' : ''}`;
  return {
    methods: [method ?? 'ANY'],
    path: textValue(written, pattern.place),
  };
}

function register(router: RouterValue, call: Call, program: Program): Value {
  const [pattern, handler] = call.positional;
  if (pattern?.is !== 'text') return UNKNOWN;
  const { methods, path } = readPattern(pattern);
  registerHandler(router, 'net-http', methods, path, handler, 'brace', call, program);
  return UNKNOWN;
}

/** `http.HandleFunc` registers on the process's own multiplexer. */
function onDefault(call: Call, program: Program): Value {
  const at = { file: call.place.file, line: 1, column: 1 };
  const router = program.book.shared('servemux', at, 'brace', { isApplication: true });
  return register(router, call, program);
}

const handle: RouterMethod = register;

export const netHttp: Framework = {
  externals: {
    'net/http.NewServeMux': (call, { book }) =>
      book.router('servemux', call.place, 'brace', { isApplication: true }),
    'net/http.Handle': onDefault,
    'net/http.HandleFunc': onDefault,
    'net/http.StripPrefix': stripPrefix,
  },
  routers: { servemux: { syntax: 'brace', methods: { Handle: handle, HandleFunc: handle } } },
  types: { 'net/http.ServeMux': 'servemux' },
};
