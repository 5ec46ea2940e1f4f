import type { Framework, Program, RouterMethod } from '../../interpreter/framework.ts';
import {
  type Call,
  type RouterValue,
  textsOf,
  textValue,
  UNKNOWN,
  type Value,
} from '../../interpreter/value.ts';
import { mountedIn, registerHandler } from '../handlers.ts';

/** Gin, Echo, Fiber and httprouter: one method for each HTTP method, and groups with a prefix.
 *  @see their documentation: gin.RouterGroup, echo.Group, fiber.Router, httprouter.Router */

const SYNTAX = 'colon';
const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

function register(
  router: RouterValue,
  methods: readonly string[],
  path: Value | undefined,
  call: Call,
  program: Program,
): Value {
  // The last argument is the handler; those before it are middlewares.
  const handler = call.positional.slice(1).findLast((value) => mountedIn(value)) ?? UNKNOWN;
  registerHandler(router, router.kind, methods, path ?? UNKNOWN, handler, SYNTAX, call, program);
  return router;
}

function verb(method: string): RouterMethod {
  return (router, call, program) => register(router, [method], call.positional[0], call, program);
}

/** `Handle("GET", "/x", …)`; Fiber 3 takes several methods. */
const named: RouterMethod = (router, call, program) =>
  register(router, textsOf(call.positional[0]), call.positional[1], call, program);

const group: RouterMethod = (router, call, { book, interpreter }) => {
  const made = book.router(router.kind, call.place, SYNTAX);
  book.mount(router, made, call.positional[0], SYNTAX);
  interpreter.effect();
  return made;
};

/** `Route("/x", func(r) { … })` */
const routeFunction: RouterMethod = (router, call, program) => {
  const made = group(router, call, program);
  const [, body] = call.positional;
  if (body?.is === 'function') program.interpreter.call(body, withArguments(call, made));
  return made;
};

export function withArguments(call: Call, ...positional: readonly Value[]): Call {
  return { ...call, positional, named: new Map() };
}

const mount: RouterMethod = (router, call, { book, interpreter }) => {
  const prefixed = call.positional.length > 1;
  const child = mountedIn(call.positional.at(-1));
  if (child) {
    const prefix = prefixed ? call.positional[0] : textValue('');
    book.mount(router, child.router, prefix, SYNTAX);
    interpreter.effect();
  }
  return router;
};

/** A folder of files, served below a path. */
const files: RouterMethod = (router, call, program) => {
  const path = call.positional[0];
  if (path?.is !== 'text') return router;
  const below = textValue(`${path.text.replace(/\/$/, '')}/*filepath`, path.place);
  program.book.route(router, router.kind, ['GET'], below, SYNTAX, call.place);
  program.interpreter.effect();
  return router;
};

const shared = (any: string): Record<string, RouterMethod> => ({
  [any]: verb('ANY'),
  Group: group,
  Use: mount,
  Static: files,
});

function table(names: readonly string[], toMethod = (name: string) => name.toUpperCase()) {
  return Object.fromEntries(names.map((name) => [name, verb(toMethod(name))]));
}

function application(kind: string) {
  return (call: Call, { book }: Program): Value =>
    book.router(kind, call.place, SYNTAX, { isApplication: true });
}

/** `Match([]string{"GET"}, "/x", …)` */
const match = named;

const FIBER_VERBS = VERBS.map((name) => `${name[0]}${name.slice(1).toLowerCase()}`);

export const groups: Framework = {
  externals: {
    'github.com/gin-gonic/gin.Default': application('gin'),
    'github.com/gin-gonic/gin.New': application('gin'),
    'github.com/labstack/echo.New': application('echo'),
    'github.com/gofiber/fiber.New': application('fiber'),
    'github.com/julienschmidt/httprouter.New': application('httprouter'),
  },
  routers: {
    gin: {
      syntax: SYNTAX,
      methods: {
        ...table(VERBS),
        ...shared('Any'),
        Handle: named,
        Match: match,
        StaticFile: verb('GET'),
        StaticFS: files,
      },
    },
    echo: {
      syntax: SYNTAX,
      methods: { ...table(VERBS), ...shared('Any'), Add: named, Match: match, File: verb('GET') },
    },
    fiber: {
      syntax: SYNTAX,
      methods: {
        ...table(FIBER_VERBS),
        ...shared('All'),
        Add: named,
        Route: routeFunction,
        Mount: mount,
      },
    },
    httprouter: {
      syntax: SYNTAX,
      methods: {
        ...table(VERBS),
        Handle: named,
        Handler: named,
        HandlerFunc: named,
        ServeFiles: (router, call, program) =>
          register(router, ['GET'], call.positional[0], call, program),
      },
    },
  },
  types: {
    'github.com/gin-gonic/gin.Engine': 'gin',
    'github.com/gin-gonic/gin.RouterGroup': 'gin',
    'github.com/gin-gonic/gin.IRouter': 'gin',
    'github.com/gin-gonic/gin.IRoutes': 'gin',
    'github.com/labstack/echo.Echo': 'echo',
    'github.com/labstack/echo.Group': 'echo',
    'github.com/gofiber/fiber.App': 'fiber',
    'github.com/gofiber/fiber.Router': 'fiber',
    'github.com/gofiber/fiber.Group': 'fiber',
    'github.com/julienschmidt/httprouter.Router': 'httprouter',
  },
  itself: ['RouterGroup'],
};
