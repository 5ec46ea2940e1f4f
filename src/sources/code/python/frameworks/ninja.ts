import {
  type Framework,
  HTTP_METHODS,
  methodsNamed,
  type RouterMethod,
} from '../../interpreter/framework.ts';
import {
  argument,
  native,
  plainText,
  routerIn,
  textsOf,
  textValue,
  UNKNOWN,
  type Value,
} from '../../interpreter/value.ts';
import { handlerFacts } from '../views.ts';

/** Django Ninja: an API is a router that a URL configuration includes as `api.urls`.
 *  @see Django Ninja: Path operations, Routers */

const SYNTAX = 'brace';

function registrar(methods?: readonly string[]): RouterMethod {
  return (router, call, { book, interpreter }) =>
    native(({ positional: [view = UNKNOWN] }) => {
      const all = methods ?? textsOf(argument(call, 0, 'methods'));
      const path = withNamesOnly(argument(call, methods ? 0 : 1, 'path'));
      const deprecated = plainText(argument(call, -1, 'deprecated')) === 'True';
      const facts = { ...handlerFacts(view), deprecated };
      book.route(router, 'django', all, path, SYNTAX, call.place, facts);
      interpreter.effect();
      return view;
    });
}

/** `{int:id}` has Django's converter in front. */
function withNamesOnly(path: Value): Value {
  if (path.is !== 'text') return path;
  return textValue(path.text.replaceAll(/\{\w+:(\w+)\}/g, '{$1}'), path.place);
}

/** A router, or where it is imported from: `api.add_router('/events', 'events.api.router')`. */
const addRouter: RouterMethod = (router, call, { book, interpreter, load }) => {
  const given = argument(call, 1, 'router');
  const name = plainText(given);
  const child = routerIn(name === undefined ? given : load?.(name, call.place.file));
  if (child) {
    book.mount(router, child, argument(call, 0, 'prefix'), SYNTAX);
    interpreter.effect();
  }
  return UNKNOWN;
};

export const ninja: Framework = {
  externals: {
    'ninja.NinjaAPI': (call, { book }) => book.router('ninja', call.place, SYNTAX),
    'ninja.Router': (call, { book }) => book.router('ninja', call.place, SYNTAX),
    'ninja_extra.NinjaExtraAPI': (call, { book }) => book.router('ninja', call.place, SYNTAX),
  },
  routers: {
    ninja: {
      syntax: SYNTAX,
      methods: {
        ...methodsNamed(HTTP_METHODS, (name) => registrar([name])),
        api_operation: registrar(),
        add_router: addRouter,
      },
    },
  },
  types: { 'ninja.NinjaAPI': 'ninja', 'ninja.Router': 'ninja' },
  itself: ['urls'],
};
