import type { DataMethod, Framework, Program, RouterMethod } from '../../interpreter/framework.ts';
import {
  type Call,
  type DataValue,
  type RouterValue,
  type TextValue,
  textsOf,
  textValue,
  UNKNOWN,
  type Value,
} from '../../interpreter/value.ts';
import { registerHandler } from '../handlers.ts';

/** gorilla/mux: a route is built by a chain of calls in any order, and is there once it has a
 *  handler.
 *  @see gorilla/mux: type Route, type Router */

interface RouteInProgress {
  readonly router: RouterValue;
  path: Value;
  isPrefix: boolean;
  methods: readonly string[];
}

const TAG = 'gorilla-route';

function begin(router: RouterValue): DataValue & { data: RouteInProgress } {
  const data: RouteInProgress = { router, path: textValue(''), isPrefix: false, methods: [] };
  return { is: 'data', tag: TAG, data };
}

type Step = (route: RouteInProgress, call: Call, program: Program) => Value | undefined;

/** Later steps may still name methods, so the route is taken down at the end. */
function handled(
  route: RouteInProgress,
  handler: Value | undefined,
  call: Call,
  program: Program,
): void {
  program.interpreter.effect();
  program.book.later(() => {
    const methods = route.methods.length > 0 ? route.methods : ['ANY'];
    const path = route.isPrefix ? subtree(route.path) : route.path;
    registerHandler(route.router, 'gorilla-mux', methods, path, handler, 'brace', call, program);
  });
}

/** A prefix with a slash behind is a folder; without one it is an endpoint that ignores the rest. */
function subtree(path: Value): Value {
  if (path.is !== 'text' || path.text === '/' || !path.text.endsWith('/')) return path;
  return textValue(`${path.text}{path}`, path.place);
}

const STEPS: Readonly<Record<string, Step>> = {
  Methods: (route, call) => {
    route.methods = call.positional.flatMap(textsOf);
    return undefined;
  },
  Path: (route, call) => {
    route.path = joined(route.path, call.positional[0]);
    return undefined;
  },
  PathPrefix: (route, call) => {
    route.path = joined(route.path, call.positional[0]);
    route.isPrefix = true;
    return undefined;
  },
  Handler: (route, call, program) => {
    handled(route, call.positional[0], call, program);
    return undefined;
  },
  HandlerFunc: (route, call, program) => {
    handled(route, call.positional[0], call, program);
    return undefined;
  },
  Subrouter: (route, call, { book, interpreter }) => {
    const router = book.router('gorilla-mux', call.place, 'brace');
    book.mount(route.router, router, route.path, 'brace');
    interpreter.effect();
    return router;
  },
};

/** Other conditions of a route do not change its path. */
const CONDITIONS = [
  'Name',
  'Queries',
  'Headers',
  'HeadersRegexp',
  'Host',
  'Schemes',
  'MatcherFunc',
  'BuildOnly',
];

function joined(before: Value, more: Value | undefined): Value {
  if (more?.is !== 'text' || before.is !== 'text') return more ?? UNKNOWN;
  return before.text === '' ? more : textValue(`${before.text}${more.text}`, more.place);
}

function onRoute(step: Step): DataMethod {
  return (value, call, program) => step(value.data as RouteInProgress, call, program) ?? value;
}

/** Every step can begin a chain on the router itself. */
function onRouter(step: Step): RouterMethod {
  return (router, call, program) => {
    const route = begin(router);
    return step(route.data, call, program) ?? route;
  };
}

const handle: RouterMethod = (router, call, program) => {
  const [path, handler] = call.positional;
  const route = begin(router);
  route.data.path = path?.is === 'text' ? (path satisfies TextValue) : UNKNOWN;
  handled(route.data, handler, call, program);
  return route;
};

const same: RouterMethod = (router) => router;
const sameRoute: DataMethod = (value) => value;

function mapped<From, To>(table: Readonly<Record<string, From>>, make: (item: From) => To) {
  return Object.fromEntries(Object.entries(table).map(([name, item]) => [name, make(item)]));
}

function all<Method>(names: readonly string[], method: Method): Record<string, Method> {
  return Object.fromEntries(names.map((name) => [name, method]));
}

export const gorillaMux: Framework = {
  externals: {
    'github.com/gorilla/mux.NewRouter': (call, { book }) =>
      book.router('gorilla-mux', call.place, 'brace', { isApplication: true }),
  },
  routers: {
    'gorilla-mux': {
      syntax: 'brace',
      methods: {
        ...mapped(STEPS, onRouter),
        ...all(CONDITIONS, (router: RouterValue) => begin(router)),
        ...all(['StrictSlash', 'SkipClean', 'UseEncodedPath'], same),
        NewRoute: (router) => begin(router),
        Handle: handle,
        HandleFunc: handle,
      },
    },
  },
  data: { [TAG]: { ...mapped(STEPS, onRoute), ...all(CONDITIONS, sameRoute) } },
  types: {
    'github.com/gorilla/mux.Router': 'gorilla-mux',
  },
};
