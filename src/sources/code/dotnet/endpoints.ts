import type { Framework, Program, RouterMethod } from '../interpreter/framework.ts';
import {
  argument,
  type Call,
  type RouterValue,
  textsOf,
  textValue,
  type Value,
} from '../interpreter/value.ts';
import { aspnetPath } from './path.ts';

/** Minimal APIs: endpoints mapped on an application, a group, or whatever builds endpoints.
 *  @see ASP.NET Core: Minimal APIs quick reference; Route handlers, Route groups */

export const ENDPOINT = 'aspnet-endpoint';

interface Endpoint {
  security: 'required' | undefined;
}

/** What calls chained behind it say may still change the endpoint. */
function map(
  router: RouterValue,
  methods: readonly string[],
  pattern: Value,
  call: Call,
  { book, interpreter }: Program,
): Value {
  const endpoint: Endpoint = { security: undefined };
  interpreter.effect();
  book.later(() => {
    for (const path of aspnetPath(pattern)) {
      book.route(router, 'aspnet', methods, path, 'brace', call.place, endpoint);
    }
  });
  return { is: 'data', tag: ENDPOINT, data: endpoint };
}

function verb(method: string): RouterMethod {
  return (router, call, program) =>
    map(router, [method], argument(call, 0, 'pattern'), call, program);
}

const mapMethods: RouterMethod = (router, call, program) => {
  const methods = textsOf(argument(call, 1, 'httpMethods'));
  return map(router, methods, argument(call, 0, 'pattern'), call, program);
};

/** An endpoint with a path of its own where the call names none. */
function fixed(method: string, path?: string): RouterMethod {
  return (router, call, program) => {
    const given = argument(call, 0, 'pattern', 'path');
    const pattern = given.is === 'text' || path === undefined ? given : textValue(path);
    return map(router, [method], pattern, call, program);
  };
}

const mapGroup: RouterMethod = (router, call, { book, interpreter }) => {
  const group = book.router('aspnet', call.place, 'brace');
  const [prefix] = aspnetPath(argument(call, 0, 'prefix'));
  book.mount(router, group, prefix, 'brace');
  interpreter.effect();
  return group;
};

/** `app.UseEndpoints(endpoints => { … })` and `app.Map("/x", branch => { … })`. */
const useEndpoints: RouterMethod = (router, call, { interpreter }) => {
  const body = call.positional.at(-1);
  if (body?.is === 'function') {
    interpreter.call(body, { ...call, positional: [router], named: new Map() });
  }
  return router;
};

const requireAuthorization: RouterMethod = (router, _call, { book }) => {
  book.model.routers.push({ id: router.id, security: 'required' });
  return router;
};

export const endpoints: Framework = {
  externals: {
    'WebApplication.CreateBuilder': () => ({ is: 'data', tag: 'aspnet-builder', data: {} }),
    'WebApplication.CreateSlimBuilder': () => ({ is: 'data', tag: 'aspnet-builder', data: {} }),
    'WebApplication.Create': (call, { book }) =>
      book.router('aspnet', call.place, 'brace', { isApplication: true }),
  },
  routers: {
    aspnet: {
      syntax: 'brace',
      methods: {
        MapGet: verb('GET'),
        MapPost: verb('POST'),
        MapPut: verb('PUT'),
        MapDelete: verb('DELETE'),
        MapPatch: verb('PATCH'),
        Map: verb('ANY'),
        MapMethods: mapMethods,
        MapGroup: mapGroup,
        MapHealthChecks: fixed('GET'),
        MapHub: fixed('ANY'),
        MapForwarder: fixed('ANY'),
        MapGraphQL: fixed('ANY', '/graphql'),
        MapPrometheusScrapingEndpoint: fixed('GET', '/metrics'),
        MapMetrics: fixed('GET', '/metrics'),
        MapOpenApi: fixed('GET', '/openapi/{documentName}.json'),
        UseEndpoints: useEndpoints,
        UseRouter: useEndpoints,
        RequireAuthorization: requireAuthorization,
      },
    },
  },
  data: {
    'aspnet-builder': {
      Build: (_builder, call, { book }) =>
        book.router('aspnet', call.place, 'brace', { isApplication: true }),
    },
    [ENDPOINT]: {
      RequireAuthorization: (endpoint) => {
        (endpoint.data as Endpoint).security = 'required';
        return endpoint;
      },
    },
  },
  types: Object.fromEntries(
    [
      'WebApplication',
      'IEndpointRouteBuilder',
      'IApplicationBuilder',
      'RouteGroupBuilder',
      'IVersionedEndpointRouteBuilder',
    ].map((name) => [name, 'aspnet']),
  ),
};
