import {
  type Framework,
  HTTP_METHODS,
  methodsNamed,
  type Program,
  type RouterMethod,
} from '../../interpreter/framework.ts';
import {
  argument,
  type Call,
  itemsOf,
  native,
  type RouterValue,
  routerIn,
  textsOf,
  UNKNOWN,
  type Value,
} from '../../interpreter/value.ts';
import { handlerFacts, methodsOfView, requestFields } from '../views.ts';

/** FastAPI and Starlette.
 *  @see FastAPI reference: FastAPI class, APIRouter class; Starlette: Routing */

const SYNTAX = 'brace';

interface Entry {
  readonly kind: 'route' | 'mount';
  readonly call: Call;
}

function readerOf(router: RouterValue): string {
  return router.kind === 'starlette' ? 'starlette' : 'fastapi';
}

function application(kind: string) {
  return (call: Call, program: Program): Value => {
    const router = program.book.router(kind, call.place, SYNTAX, { isApplication: true });
    addEntries(router, argument(call, kind === 'starlette' ? 1 : -1, 'routes'), program);
    return router;
  };
}

function apiRouter(call: Call, program: Program): Value {
  const prefix = argument(call, -1, 'prefix');
  const router = program.book.router('fastapi', call.place, SYNTAX, { prefix });
  addEntries(router, argument(call, -1, 'routes'), program);
  return router;
}

function entry(kind: Entry['kind']) {
  return (call: Call): Value => ({
    is: 'data',
    tag: 'starlette-entry',
    data: { kind, call } satisfies Entry,
  });
}

/** `routes=[Route('/x', handler), Mount('/y', app=…)]` */
function addEntries(router: RouterValue, routes: Value, program: Program): void {
  for (const item of itemsOf(routes)) {
    if (item.is !== 'data' || item.tag !== 'starlette-entry') continue;
    const { kind, call } = item.data as Entry;
    if (kind === 'mount') mountEntry(router, call, program);
    else {
      const methods = textsOf(argument(call, -1, 'methods'));
      register(
        router,
        argument(call, 0, 'path'),
        methods,
        argument(call, 1, 'endpoint'),
        call,
        program,
      );
    }
  }
}

function mountEntry(router: RouterValue, call: Call, program: Program): void {
  const path = argument(call, 0, 'path');
  const routes = argument(call, -1, 'routes');
  const given = routerIn(argument(call, 1, 'app'));
  const child = given ?? program.book.router(router.kind, call.place, SYNTAX);
  if (given === undefined) addEntries(child, routes, program);
  program.book.mount(router, child, path, SYNTAX);
  program.interpreter.effect();
}

function register(
  router: RouterValue,
  path: Value,
  methods: readonly string[],
  view: Value,
  call: Call,
  { book, interpreter }: Program,
): void {
  const all = methods.length > 0 ? methods : methodsOfView(view, ['GET']);
  const fields =
    view.is === 'function'
      ? requestFields(view, (type) => interpreter.evaluate(type, view.scope))
      : [];
  const facts = { ...handlerFacts(view), fields };
  book.route(router, readerOf(router), all, path, SYNTAX, call.place, facts);
  interpreter.effect();
}

function registrar(methods: (call: Call) => readonly string[]): RouterMethod {
  return (router, call, program) =>
    native(({ positional: [view = UNKNOWN] }) => {
      register(router, argument(call, 0, 'path'), methods(call), view, call, program);
      return view;
    });
}

const listed = (call: Call): string[] => textsOf(argument(call, -1, 'methods'));

const addRoute: RouterMethod = (router, call, program) => {
  const view = argument(call, 1, 'endpoint', 'route');
  register(router, argument(call, 0, 'path'), listed(call), view, call, program);
  return UNKNOWN;
};

const includeRouter: RouterMethod = (router, call, { book, interpreter }) => {
  const child = routerIn(argument(call, 0, 'router'));
  if (child) {
    book.mount(router, child, argument(call, -1, 'prefix'), SYNTAX);
    interpreter.effect();
  }
  return UNKNOWN;
};

const mount: RouterMethod = (router, call, { book, interpreter }) => {
  const child = routerIn(argument(call, 1, 'app'));
  if (child) {
    book.mount(router, child, argument(call, 0, 'path'), SYNTAX);
    interpreter.effect();
  }
  return UNKNOWN;
};

const methods: Readonly<Record<string, RouterMethod>> = {
  ...methodsNamed([...HTTP_METHODS, 'trace'], (name) => registrar(() => [name])),
  api_route: registrar(listed),
  route: registrar(listed),
  add_api_route: addRoute,
  add_route: addRoute,
  include_router: includeRouter,
  mount,
};

export const fastapi: Framework = {
  externals: {
    'fastapi.FastAPI': application('fastapi'),
    'fastapi.applications.FastAPI': application('fastapi'),
    'fastapi.APIRouter': apiRouter,
    'fastapi.routing.APIRouter': apiRouter,
    'starlette.applications.Starlette': application('starlette'),
    'starlette.routing.Router': application('starlette'),
    'starlette.routing.Route': entry('route'),
    'starlette.routing.Mount': entry('mount'),
  },
  routers: {
    fastapi: { syntax: SYNTAX, methods },
    starlette: { syntax: SYNTAX, methods },
  },
  types: {
    'fastapi.FastAPI': 'fastapi',
    'fastapi.APIRouter': 'fastapi',
    'starlette.applications.Starlette': 'starlette',
  },
  itself: ['router'],
};
