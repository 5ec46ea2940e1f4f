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
  UNKNOWN,
  type Value,
} from '../../interpreter/value.ts';
import { handlerFacts, methodsOfView } from '../views.ts';

/** aiohttp and Tornado.
 *  @see aiohttp: Server Reference; Tornado: tornado.web.Application */

interface Definition {
  readonly method: string;
  readonly path: Value;
  readonly view: Value;
  readonly call: Call;
}

const TAG = 'aiohttp-route';
/** `add_get` … are GET …; `*` and views take whatever comes. */
const VERBS = [...HTTP_METHODS, 'view'];

function register(router: RouterValue, route: Definition, { book, interpreter }: Program): void {
  const { method, path, view, call } = route;
  const isAny = method === '*' || method === 'view';
  const methods = isAny ? methodsOfView(view, ['ANY']) : [method];
  book.route(router, 'aiohttp', methods, path, 'brace', call.place, handlerFacts(view));
  interpreter.effect();
}

/** `web.get('/x', handler)`, kept until an application takes it. */
function definition(method: string) {
  return (call: Call): Value => {
    const data: Definition = {
      method,
      path: argument(call, 0, 'path'),
      view: argument(call, 1, 'handler'),
      call,
    };
    return { is: 'data', tag: TAG, data };
  };
}

function adder(method: string): RouterMethod {
  return (router, call, program) => {
    const route = {
      method,
      path: argument(call, 0, 'path'),
      view: argument(call, 1, 'handler'),
      call,
    };
    register(router, route, program);
    return UNKNOWN;
  };
}

const addRoute: RouterMethod = (router, call, program) => {
  const method = plainText(argument(call, 0, 'method')) ?? '*';
  const route = {
    method,
    path: argument(call, 1, 'path'),
    view: argument(call, 2, 'handler'),
    call,
  };
  register(router, route, program);
  return UNKNOWN;
};

const addRoutes: RouterMethod = (router, call, program) => {
  const given = argument(call, 0, 'routes');
  const child = given.is === 'router' ? given : undefined;
  if (child) {
    program.book.mount(router, child, undefined, 'brace');
    program.interpreter.effect();
  }
  for (const item of itemsOf(given)) {
    if (item.is === 'data' && item.tag === TAG) register(router, item.data as Definition, program);
  }
  return UNKNOWN;
};

const addSubApplication: RouterMethod = (router, call, { book, interpreter }) => {
  const child = routerIn(argument(call, 1, 'subapp'));
  if (child) {
    book.mount(router, child, argument(call, 0, 'prefix'), 'brace');
    interpreter.effect();
  }
  return UNKNOWN;
};

/** `@routes.get('/x')` */
function decorator(method: string): RouterMethod {
  return (router, call, program) =>
    native(({ positional: [view = UNKNOWN] }) => {
      register(router, { method, path: argument(call, 0, 'path'), view, call }, program);
      return view;
    });
}

export const aiohttp: Framework = {
  externals: {
    'aiohttp.web.Application': (call, { book }) =>
      book.router('aiohttp', call.place, 'brace', { isApplication: true }),
    'aiohttp.web.RouteTableDef': (call, { book }) =>
      book.router('aiohttp-table', call.place, 'brace'),
    ...Object.fromEntries(VERBS.map((name) => [`aiohttp.web.${name}`, definition(name)])),
    'aiohttp.web.route': (call) => {
      const [method, path = UNKNOWN, view = UNKNOWN] = call.positional;
      const data: Definition = { method: plainText(method) ?? '*', path, view, call };
      return { is: 'data', tag: TAG, data };
    },
  },
  routers: {
    aiohttp: {
      syntax: 'brace',
      methods: {
        ...Object.fromEntries(VERBS.map((name) => [`add_${name}`, adder(name)])),
        add_route: addRoute,
        add_routes: addRoutes,
        add_subapp: addSubApplication,
      },
    },
    'aiohttp-table': { syntax: 'brace', methods: methodsNamed(VERBS, decorator) },
  },
  types: { 'aiohttp.web.Application': 'aiohttp' },
  itself: ['router'],
};

/** `Application([(r'/x', Handler), url(r'/y', Handler)])` */
function tornadoApplication(call: Call, program: Program): Value {
  const router = program.book.router('tornado', call.place, 'regex', { isApplication: true });
  addHandlers(router, argument(call, 0, 'handlers'), call, program);
  return router;
}

function addHandlers(router: RouterValue, handlers: Value, call: Call, program: Program): void {
  for (const item of itemsOf(handlers)) {
    const rule =
      item.is === 'data' && item.tag === 'tornado-rule' ? (item.data as Call) : undefined;
    const [path, view] = rule ? rule.positional : itemsOf(item);
    const methods = methodsOfView(view, []);
    const place = rule?.place ?? (item.is === 'list' ? item.place : undefined) ?? call.place;
    program.book.route(router, 'tornado', methods, path, 'regex', place, handlerFacts(view));
    program.interpreter.effect();
  }
}

function tornadoRule(call: Call): Value {
  return { is: 'data', tag: 'tornado-rule', data: call };
}

export const tornado: Framework = {
  externals: {
    'tornado.web.Application': tornadoApplication,
    'tornado.web.url': tornadoRule,
    'tornado.web.URLSpec': tornadoRule,
    'tornado.routing.Rule': tornadoRule,
  },
  routers: {
    tornado: {
      syntax: 'regex',
      methods: {
        add_handlers: (router, call, program) => {
          addHandlers(router, argument(call, 1, 'host_handlers'), call, program);
          return UNKNOWN;
        },
      },
    },
  },
  types: { 'tornado.web.Application': 'tornado' },
};
