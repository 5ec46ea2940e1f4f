import { entryOf } from '../../table.ts';
import { joinTemplates } from '../../template.ts';
import { fieldIn, type RouterValue, type Value } from '../values.ts';
import { routersIn } from './express.ts';
import type { Framework, RouterCall, RouterKind } from './framework.ts';
import { HTTP_METHODS, methodsOf, pathsOf } from './http-methods.ts';

/** @see Hono API, "Routing" */
const hono: RouterKind = {
  reader: 'hono',
  invoke(site) {
    switch (site.method) {
      case 'basePath':
        return basePath(site);
      case 'route':
        return mount(site);
      case 'on':
        emit(
          site,
          methodsOf(site.arguments[0]),
          pathsOf(site.arguments[1]),
          site.arguments.slice(2),
        );
        return site.router;
      case 'openapi':
        return openapi(site);
    }
    const method = entryOf(HTTP_METHODS, site.method);
    return method === undefined ? site.router : register(site, method);
  },
};

function register(site: RouterCall, method: string): Value {
  const [first, ...rest] = site.arguments;
  const isPath = first?.kind === 'text';
  // Handlers without a path go to that of the registration before them in the chain.
  const templates = isPath ? pathsOf(first) : (site.router.at ?? ['/']);
  if (isPath && rest.length === 0) return { ...site.router, at: templates };
  emit(site, [method], templates, isPath ? rest : site.arguments);
  return { ...site.router, at: templates };
}

function emit(
  site: RouterCall,
  methods: readonly string[],
  templates: readonly string[],
  handlers: readonly Value[],
): void {
  const { router, world, place, nodes } = site;
  for (const handler of handlers) world.markHandler(handler);
  const offset = site.arguments.length - handlers.length;
  const isGuarded = handlers.some((handler, index) =>
    world.isGuard(handler, nodes[index + offset]),
  );
  for (const template of templates) {
    for (const method of methods) {
      world.route({
        router: router.id,
        reader: 'hono',
        method,
        template,
        place,
        ...(isGuarded && { security: 'required' }),
      });
    }
  }
}

/** A view of the same application whose routes hang under a path. */
function basePath(site: RouterCall): Value {
  const view: RouterValue = site.world.createRouter(hono, site.place);
  for (const prefix of pathsOf(site.arguments[0])) {
    site.world.mount({ parent: site.router.id, child: view.id, prefix });
  }
  return view;
}

function mount(site: RouterCall): Value {
  for (const child of site.arguments.slice(1).flatMap(routersIn)) {
    for (const prefix of pathsOf(site.arguments[0])) {
      site.world.mount({
        parent: site.router.id,
        child: child.id,
        prefix: joinTemplates('', prefix),
      });
    }
  }
  return site.router;
}

/** `app.openapi(createRoute({ method, path }), handler)`; paths are written as in OpenAPI. */
function openapi(site: RouterCall): Value {
  const [route, ...handlers] = site.arguments;
  const isRoute = route?.kind === 'object';
  if (isRoute)
    emit(site, methodsOf(fieldIn(route, 'method')), pathsOf(fieldIn(route, 'path')), handlers);
  return site.router;
}

export const HONO: Framework = {
  reader: 'hono',
  modules: ['hono', 'hono/*', '@hono/zod-openapi'],
  call({ callee, world, place, arguments: [first] }) {
    const made = callee.path.at(-1);
    if (callee.path.length === 1 && made === 'createRoute') return first;
    const isFactory = callee.path.join('.') === 'createFactory.().createApp';
    if (isFactory) return world.createRouter(hono, place, { isApplication: true });
    if (callee.path.length !== 1 || !/^(?:OpenAPI)?Hono$/.test(made ?? '')) return undefined;
    // Nothing tells an application from one that another mounts, and `route` says so itself.
    return world.createRouter(hono, place, { isApplication: true });
  },
  parameter: { kind: hono, types: ['Hono', 'OpenAPIHono'], names: ['app', 'router', 'api'] },
};
