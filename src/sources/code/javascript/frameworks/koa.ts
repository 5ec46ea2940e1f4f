import { entryOf } from '../../table.ts';
import { joinTemplates, toTemplates } from '../../template.ts';
import { asText, fieldIn, type RouterValue, toText, type Value } from '../values.ts';
import type { ExternalCall, Framework, RouterCall, RouterKind } from './framework.ts';
import { HTTP_METHODS, methodsOf, pathsOf } from './http-methods.ts';

/** Koa's applications hold no routes themselves: routers do (@koa/router).
 *  @see @koa/router API reference */
const koa: RouterKind = {
  reader: 'koa',
  invoke(site) {
    const { router, world } = site;
    switch (site.method) {
      case 'use':
        return use(site);
      case 'routes':
      case 'middleware':
        return { kind: 'mounted', prefix: '', value: router };
      case 'prefix':
        world.describe({ id: router.id, prefixes: pathsOf(site.arguments[0]) });
        return router;
      case 'register':
        emit(site, methodsOf(site.arguments[1]), site.arguments[0], site.arguments.slice(2), 2);
        return router;
      case 'listen':
      case 'callback':
        world.describe({ id: router.id, isApplication: true });
        return router;
    }
    const method = entryOf(HTTP_METHODS, site.method);
    return method === undefined || router.state.has('application')
      ? router
      : register(site, method);
  },
};

/** `router.get(path, …)` or `router.get(name, path, …)`. */
function register(site: RouterCall, method: string): Value {
  const [first, second] = site.arguments;
  const isNamed = second?.kind === 'text' || second?.kind === 'regex';
  const skip = isNamed ? 2 : 1;
  if (site.arguments.length > skip) {
    emit(site, [method], isNamed ? second : first, site.arguments.slice(skip), skip);
  }
  return site.router;
}

function emit(
  site: RouterCall,
  methods: readonly string[],
  path: Value | undefined,
  handlers: readonly Value[],
  offset: number,
): void {
  const { router, world, place } = site;
  for (const handler of handlers) world.markHandler(handler);
  const isGuarded = handlers.some((handler, index) =>
    world.isGuard(handler, site.nodes[index + offset]),
  );
  for (const template of pathsOf(path)) {
    for (const method of methods) {
      world.route({
        router: router.id,
        reader: 'koa',
        method,
        template,
        place,
        ...(isGuarded && { security: 'required' }),
      });
    }
  }
}

function use(site: RouterCall): Value {
  const paths = pathsOf(site.arguments[0]);
  let isGuarded = false;
  site.arguments.forEach((argument, index) => {
    isGuarded ||= site.world.isGuard(argument, site.nodes[index]);
    site.world.markHandler(argument);
    for (const { router, prefix } of mountedIn(argument, '')) {
      for (const path of paths.length === 0 ? ['/'] : paths) {
        site.world.mount({
          parent: site.router.id,
          child: router.id,
          prefix: joinTemplates(path, prefix),
          ...(isGuarded && { security: 'required' }),
        });
      }
    }
  });
  return site.router;
}

function mountedIn(value: Value, prefix: string): { router: RouterValue; prefix: string }[] {
  if (value.kind === 'router') return [{ router: value, prefix }];
  if (value.kind === 'mounted') return mountedIn(value.value, joinTemplates(prefix, value.prefix));
  return value.kind === 'list' ? value.items.flatMap((item) => mountedIn(item, prefix)) : [];
}

/** `mount('/x', app)` or `mount(app)`. */
function mount([first, second]: readonly Value[]): Value | undefined {
  if (second === undefined) return first;
  const prefix = toTemplates(asText(first) ?? '', 'colon')[0] ?? '';
  return { kind: 'mounted', prefix, value: second };
}

function make({ callee, world, place, arguments: values }: ExternalCall): Value | undefined {
  const path = callee.path.join('.');
  if (callee.module === 'koa-mount') return mount(values);
  if (callee.module === 'koa-compose') return values[0];
  if (callee.module === 'koa') {
    if (path !== '') return undefined;
    const app = world.createRouter(koa, place, { isApplication: true });
    app.state.set('application', toText('true'));
    return app;
  }
  if (path !== '' && path !== 'Router') return undefined;
  const prefixes = pathsOf(fieldIn(values[0], 'prefix'));
  return world.createRouter(koa, place, prefixes.length > 0 ? { prefixes } : {});
}

export const KOA: Framework = {
  reader: 'koa',
  modules: ['koa', 'koa-router', '@koa/router', 'koa-mount', 'koa-compose'],
  call: make,
  parameter: { kind: koa, types: ['Router', 'Koa'], names: ['router'] },
};
