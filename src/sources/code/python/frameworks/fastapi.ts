import { entryOf } from '../../../../base/pick.ts';
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
  plainText,
  type RouterValue,
  routerIn,
  textsOf,
  textValue,
  UNKNOWN,
  type Value,
} from '../../interpreter/value.ts';
import { handlerFacts, methodsOfView, requestFields } from '../views.ts';

/** FastAPI and Starlette.
 *  @see FastAPI reference: FastAPI class, APIRouter class; Starlette: Routing */

const SYNTAX = 'brace';

interface Entry {
  readonly kind: 'route' | 'websocket' | 'mount';
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
      const view = argument(call, 1, 'endpoint');
      const methods = kind === 'websocket' ? ['GET'] : listed(call);
      register(router, argument(call, 0, 'path'), methods, view, call, program);
    }
  }
}

function mountEntry(router: RouterValue, call: Call, program: Program): void {
  const path = argument(call, 0, 'path');
  const routes = argument(call, -1, 'routes');
  if (routes.is === 'unknown') {
    mountApplication(router, path, argument(call, 1, 'app'), call, program);
    return;
  }
  const child = program.book.router(router.kind, call.place, SYNTAX);
  addEntries(child, routes, program);
  program.book.mount(router, child, path, SYNTAX);
  program.interpreter.effect();
}

/** A folder of files, or an application of a library, takes everything below its path. */
const MOUNTED: Readonly<Record<string, { methods: readonly string[]; below: boolean }>> = {
  'starlette.staticfiles.StaticFiles()': { methods: ['GET'], below: true },
  'fastapi.staticfiles.StaticFiles()': { methods: ['GET'], below: true },
  'prometheus_client.make_asgi_app()': { methods: ['GET'], below: false },
};

function mountApplication(
  router: RouterValue,
  path: Value,
  application: Value,
  call: Call,
  { book, interpreter }: Program,
): void {
  const child = routerIn(application);
  interpreter.effect();
  if (child) book.mount(router, child, path, SYNTAX);
  else if (application.is === 'external' && path.is === 'text') {
    const known = entryOf(MOUNTED, application.path) ?? { methods: ['ANY'], below: true };
    const written = known.below ? `${path.text.replace(/\/$/, '')}/{path}` : path.text;
    const at = textValue(written, path.place);
    book.route(router, readerOf(router), known.methods, at, SYNTAX, call.place);
  }
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
  // Starlette hands the request over whole.
  const fields =
    view.is === 'function' && router.kind === 'fastapi'
      ? requestFields(view, (type) => interpreter.evaluate(type, view.scope))
      : [];
  const deprecated = plainText(argument(call, -1, 'deprecated')) === 'True';
  const facts = { ...handlerFacts(view), fields, deprecated };
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

const addWebSocket: RouterMethod = (router, call, program) => {
  const view = argument(call, 1, 'endpoint', 'route');
  register(router, argument(call, 0, 'path'), ['get'], view, call, program);
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

const mount: RouterMethod = (router, call, program) => {
  const path = argument(call, 0, 'path');
  mountApplication(router, path, argument(call, 1, 'app'), call, program);
  return UNKNOWN;
};

const methods: Readonly<Record<string, RouterMethod>> = {
  ...methodsNamed([...HTTP_METHODS, 'trace'], (name) => registrar(() => [name])),
  api_route: registrar(listed),
  route: registrar(listed),
  add_api_route: addRoute,
  add_route: addRoute,
  // A WebSocket begins with a GET.
  websocket: registrar(() => ['get']),
  websocket_route: registrar(() => ['get']),
  add_api_websocket_route: addWebSocket,
  add_websocket_route: addWebSocket,
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
    'starlette.routing.WebSocketRoute': entry('websocket'),
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
