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
  hole,
  native,
  plainText,
  type RouterValue,
  routerIn,
  textsOf,
  textValue,
  UNKNOWN,
  type Value,
} from '../../interpreter/value.ts';
import { handlerFacts, methodsOfView } from '../views.ts';

/** Flask, Quart, Sanic and Bottle, which write routes alike, and Flask's extensions for REST.
 *  @see Flask API: Application Object, Blueprint Objects; Flask-RESTful and Flask-RESTX: Api */

const SYNTAX = 'angle';

/** Which reader a router's routes are said to come from. */
const READERS: Readonly<Record<string, string>> = { sanic: 'sanic', bottle: 'bottle' };

function readerOf(router: RouterValue): string {
  return READERS[router.kind] ?? 'flask';
}

function application(kind: string) {
  return (call: Call, { book }: Program): Value =>
    book.router(kind, call.place, SYNTAX, { isApplication: true });
}

function blueprint(kind: string) {
  return (call: Call, { book }: Program): Value => {
    const router = book.router(kind, call.place, SYNTAX);
    book.setOwnPrefix(router, argument(call, -1, 'url_prefix'));
    return router;
  };
}

/** `@app.route('/x', methods=[…])`: without methods GET, which a view class widens. */
const route: RouterMethod = (router, call, program) => {
  const methods = textsOf(argument(call, -1, 'methods', 'method'));
  return registrar(router, call, program, methods);
};

function verb(name: string): RouterMethod {
  return (router, call, program) => registrar(router, call, program, [name]);
}

function registrar(
  router: RouterValue,
  call: Call,
  program: Program,
  methods: readonly string[],
): Value {
  // Flask-RESTX gives several paths to one class.
  const paths = call.positional.filter((value) => value.is === 'text');
  const given = paths.length > 0 ? paths : [argument(call, 0, 'rule', 'uri', 'path')];
  return native(({ positional: [view = UNKNOWN] }) => {
    register(router, given, methods, view, call, program);
    return view;
  });
}

function register(
  router: RouterValue,
  paths: readonly Value[],
  methods: readonly string[],
  view: Value,
  call: Call,
  { book, interpreter }: Program,
): void {
  const all = methods.length > 0 ? methods : methodsOfView(view, ['GET']);
  for (const path of paths.map((given) => withNamesLast(router, given))) {
    book.route(router, readerOf(router), all, path, SYNTAX, call.place, handlerFacts(view));
  }
  interpreter.effect();
}

/** Sanic and Bottle write `<name:type>`. */
function withNamesLast(router: RouterValue, path: Value): Value {
  if (path.is !== 'text' || !Object.hasOwn(READERS, router.kind)) return path;
  return textValue(path.text.replaceAll(/<(\w+):[^<>]*>/g, '<$1>'), path.place);
}

const addUrlRule: RouterMethod = (router, call, program) => {
  const view = argument(call, 2, 'view_func', 'handler');
  const methods = textsOf(argument(call, -1, 'methods'));
  register(router, [argument(call, 0, 'rule')], methods, view, call, program);
  return UNKNOWN;
};

/** Sanic: `app.add_route(handler, '/x', methods=…)`. */
const addRoute: RouterMethod = (router, call, program) => {
  const methods = textsOf(argument(call, 2, 'methods'));
  register(
    router,
    [argument(call, 1, 'uri')],
    methods,
    argument(call, 0, 'handler'),
    call,
    program,
  );
  return UNKNOWN;
};

/** A prefix at registration replaces the blueprint's own. */
const registerBlueprint: RouterMethod = (router, call, { book, interpreter }) => {
  const child = routerIn(argument(call, 0, 'blueprint'));
  if (child) {
    const given = argument(call, -1, 'url_prefix');
    book.mount(router, child, given.is === 'text' ? given : book.ownPrefix(child), SYNTAX);
    interpreter.effect();
  }
  return UNKNOWN;
};

/** `Api(app_or_blueprint, prefix='/api')` of Flask-RESTful and Flask-RESTX. */
function restApi(call: Call, { book, interpreter }: Program): Value {
  const prefix = argument(call, -1, 'prefix');
  const api = book.router('flask-api', call.place, SYNTAX, { prefix });
  const parent = routerIn(argument(call, 0, 'app', 'blueprint'));
  if (parent) {
    book.mount(parent, api, undefined, SYNTAX);
    interpreter.effect();
  }
  return api;
}

const initApp: RouterMethod = (api, call, { book, interpreter }) => {
  const parent = routerIn(argument(call, 0, 'app'));
  if (parent) {
    book.mount(parent, api, undefined, SYNTAX);
    interpreter.effect();
  }
  return UNKNOWN;
};

const addResource: RouterMethod = (router, call, program) => {
  const [view = UNKNOWN, ...paths] = call.positional;
  register(router, paths, [], view, call, program);
  return UNKNOWN;
};

/** A namespace lies at `/name` unless its path says otherwise. */
function namespace(call: Call, { book }: Program): Value {
  const router = book.router('flask-namespace', call.place, SYNTAX);
  const name = plainText(argument(call, 0, 'name'));
  const path = argument(call, -1, 'path');
  book.setOwnPrefix(router, path.is === 'text' ? path : textValue(`/${name ?? hole('namespace')}`));
  return router;
}

const addNamespace: RouterMethod = (router, call, { book, interpreter }) => {
  const child = routerIn(argument(call, 0, 'ns'));
  if (child) {
    const path = argument(call, 1, 'path');
    book.mount(router, child, path.is === 'text' ? path : book.ownPrefix(child), SYNTAX);
    interpreter.effect();
  }
  return UNKNOWN;
};

/** `api.namespace('users', path='/users')` makes and adds one. */
const makeNamespace: RouterMethod = (router, call, program) => {
  const child = routerIn(namespace(call, program));
  if (child === undefined) return UNKNOWN;
  program.book.mount(router, child, program.book.ownPrefix(child), SYNTAX);
  program.interpreter.effect();
  return child;
};

const METHODS: Readonly<Record<string, RouterMethod>> = {
  route,
  ...methodsNamed(HTTP_METHODS, verb),
  add_url_rule: addUrlRule,
  register_blueprint: registerBlueprint,
  blueprint: registerBlueprint,
  add_resource: addResource,
  add_namespace: addNamespace,
  namespace: makeNamespace,
  init_app: initApp,
  errorhandler: () => UNKNOWN,
};

const routers = Object.fromEntries(
  ['flask', 'flask-api', 'flask-namespace', 'sanic', 'bottle'].map((kind) => [
    kind,
    {
      syntax: SYNTAX as 'angle',
      methods: kind === 'sanic' ? { ...METHODS, add_route: addRoute } : METHODS,
    },
  ]),
);

/** Bottle's functions register on an application of the module's own. */
function bottleDefault(method: RouterMethod) {
  return (call: Call, program: Program): Value => {
    const at = { file: call.place.file, line: 1, column: 1 };
    return method(program.book.shared('bottle', at, SYNTAX), call, program);
  };
}

export const flask: Framework = {
  externals: {
    'flask.Flask': application('flask'),
    'quart.Quart': application('flask'),
    'flask_openapi3.OpenAPI': application('flask'),
    'apiflask.APIFlask': application('flask'),
    'flask.Blueprint': blueprint('flask'),
    'quart.Blueprint': blueprint('flask'),
    'flask_smorest.Blueprint': blueprint('flask'),
    'flask_openapi3.APIBlueprint': blueprint('flask'),
    'apiflask.APIBlueprint': blueprint('flask'),
    'sanic.Sanic': application('sanic'),
    'sanic.Blueprint': blueprint('sanic'),
    'bottle.Bottle': application('bottle'),
    'bottle.route': bottleDefault(route),
    ...Object.fromEntries(
      HTTP_METHODS.map((name) => [`bottle.${name}`, bottleDefault(verb(name))] as const),
    ),
    'flask_restful.Api': restApi,
    'flask_restx.Api': restApi,
    'flask_restplus.Api': restApi,
    'flask_smorest.Api': restApi,
    'flask_restx.Namespace': namespace,
    'flask_restplus.Namespace': namespace,
  },
  routers,
  types: {
    'flask.Flask': 'flask',
    'flask.Blueprint': 'flask',
    'quart.Quart': 'flask',
    'quart.Blueprint': 'flask',
    'sanic.Sanic': 'sanic',
    'bottle.Bottle': 'bottle',
    'flask_restful.Api': 'flask-api',
    'flask_restx.Api': 'flask-api',
    'flask_restx.Namespace': 'flask-namespace',
  },
};
