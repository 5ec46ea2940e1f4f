import type { Framework, RouterMethod } from '../../interpreter/framework.ts';
import { plainText, textValue, UNKNOWN } from '../../interpreter/value.ts';
import { mountedIn, registerHandler } from '../handlers.ts';
import { withArguments } from './groups.ts';

/** chi: routers within routers, written as closures.
 *  @see chi: type Router */

const SYNTAX = 'brace';
const VERBS = ['Get', 'Post', 'Put', 'Patch', 'Delete', 'Head', 'Options', 'Connect', 'Trace'];

function register(methods: readonly string[]): RouterMethod {
  return (router, call, program) => {
    const [path = UNKNOWN, handler] = call.positional;
    registerHandler(router, 'chi', methods, path, handler, SYNTAX, call, program);
    return UNKNOWN;
  };
}

const named: RouterMethod = (router, call, program) => {
  const [method, path = UNKNOWN, handler] = call.positional;
  const methods = [plainText(method) ?? 'ANY'];
  registerHandler(router, 'chi', methods, path, handler, SYNTAX, call, program);
  return UNKNOWN;
};

/** `r.Route("/x", func(r chi.Router) { … })` */
const route: RouterMethod = (router, call, program) => {
  const [prefix, body] = call.positional;
  const made = program.book.router('chi', call.place, SYNTAX);
  program.book.mount(router, made, prefix, SYNTAX);
  program.interpreter.effect();
  if (body?.is === 'function') program.interpreter.call(body, withArguments(call, made));
  return made;
};

/** `r.Group(func(r chi.Router) { … })` shares the path, not the middlewares. */
const group: RouterMethod = (router, call, program) => {
  const [body] = call.positional;
  if (body?.is === 'function') program.interpreter.call(body, withArguments(call, router));
  return router;
};

/** Takes the prefix off for routers; anything else gets everything below it. */
const mount: RouterMethod = (router, call, program) => {
  const [prefix = UNKNOWN, handler] = call.positional;
  if (prefix.is !== 'text') return UNKNOWN;
  const isRouter = mountedIn(handler) !== undefined;
  const below = textValue(`${prefix.text.replace(/\/$/, '')}/*`, prefix.place);
  const path = isRouter ? prefix : below;
  registerHandler(router, 'chi', ['ANY'], path, handler, SYNTAX, call, program, prefix);
  return UNKNOWN;
};

const same: RouterMethod = (router) => router;

function make(kind: string): Framework['externals'] {
  return Object.fromEntries(
    ['NewRouter', 'NewMux'].map((name) => [
      `${kind}.${name}`,
      (call, { book }) => book.router('chi', call.place, SYNTAX, { isApplication: true }),
    ]),
  );
}

export const chi: Framework = {
  externals: { ...make('github.com/go-chi/chi'), ...make('github.com/pressly/chi') },
  routers: {
    chi: {
      syntax: SYNTAX,
      methods: {
        ...Object.fromEntries(VERBS.map((verb) => [verb, register([verb.toUpperCase()])])),
        Handle: register(['ANY']),
        HandleFunc: register(['ANY']),
        Method: named,
        MethodFunc: named,
        Route: route,
        Group: group,
        Mount: mount,
        With: same,
      },
    },
  },
  types: {
    'github.com/go-chi/chi.Router': 'chi',
    'github.com/go-chi/chi.Mux': 'chi',
  },
};
