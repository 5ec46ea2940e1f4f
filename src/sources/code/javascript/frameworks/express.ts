import { entryOf } from '../../table.ts';
import { joinTemplates } from '../../template.ts';
import type { RouterValue, Value } from '../values.ts';
import type { ExternalCall, Framework, RouterCall, RouterKind } from './framework.ts';
import { HTTP_METHODS, pathsOf } from './http-methods.ts';

/** Express and the routers that copy its interface.
 *  @see Express 5 API, `app.METHOD`, `app.use`, `router.route` */
function expressLike(reader: string): RouterKind {
  const kind: RouterKind = {
    reader,
    invoke(site) {
      if (site.method === 'use') return use(site);
      if (site.method === 'route') return routeAt(site);
      if (site.method === 'listen')
        site.world.describe({ id: site.router.id, isApplication: true });
      const method = entryOf(HTTP_METHODS, site.method);
      return method === undefined ? site.router : register(site, method);
    },
  };
  return kind;
}

function register(site: RouterCall, method: string): Value {
  const { router, world, place } = site;
  const [first, ...rest] = site.arguments;
  const isAt = router.at !== undefined;
  // `app.get('setting')` reads a setting.
  if (!isAt && rest.length === 0) return router;
  const templates = router.at ?? pathsOf(first);
  const handlers = isAt ? site.arguments : rest;
  for (const handler of handlers) world.markHandler(handler);
  const offset = isAt ? 0 : 1;
  // `router.get('/x', { params })` passes no handler: it is some client's call.
  if (handlers.every(isData)) return router;
  const isGuarded = handlers.some((handler, index) =>
    world.isGuard(handler, site.nodes[index + offset]),
  );
  for (const template of templates) {
    world.route({
      router: router.id,
      reader: router.router.reader,
      method,
      template,
      place,
      ...(isGuarded && { security: 'required' }),
    });
  }
  return router;
}

function isData(value: Value): boolean {
  if (value.kind === 'text') return true;
  return value.kind === 'object' && value.module === undefined && value.type === undefined;
}

function routeAt(site: RouterCall): Value {
  return { ...site.router, at: pathsOf(site.arguments[0]) };
}

/** Mounts the routers among the arguments; a guard before them stands before all of their routes. */
function use(site: RouterCall): Value {
  const { router, world, nodes } = site;
  const paths = pathsOf(site.arguments[0]);
  const hasPath = paths.length > 0 && site.arguments[0]?.kind !== 'router';
  const prefixes = hasPath ? paths : ['/'];
  let isGuarded = false;
  site.arguments.slice(hasPath ? 1 : 0).forEach((argument, index) => {
    isGuarded ||= world.isGuard(argument, nodes[index + (hasPath ? 1 : 0)]);
    world.markHandler(argument);
    for (const child of routersIn(argument)) {
      for (const prefix of prefixes) {
        world.mount({
          parent: router.id,
          child: child.id,
          prefix: joinTemplates('', prefix),
          ...(isGuarded && { security: 'required' }),
        });
      }
    }
  });
  return router;
}

/** Routers in an argument, lists included. */
export function routersIn(value: Value): RouterValue[] {
  if (value.kind === 'router') return [value];
  return value.kind === 'list' ? value.items.flatMap(routersIn) : [];
}

const express = expressLike('express');

/** Calls of the package that make an application or a router. */
const MAKES: Readonly<Record<string, { readonly isApplication: boolean }>> = {
  '': { isApplication: true },
  Router: { isApplication: false },
  PromiseRouter: { isApplication: false },
  createServer: { isApplication: true },
};

function make(kind: RouterKind, routerPackages: readonly string[] = []) {
  return ({ callee, world, place }: ExternalCall): Value | undefined => {
    const made = entryOf(MAKES, callee.path.join('.'));
    if (made === undefined) return undefined;
    const isApplication = made.isApplication && !routerPackages.includes(callee.module);
    return world.createRouter(kind, place, { isApplication });
  };
}

const ROUTER_PACKAGES = ['express-promise-router', 'express-async-router', 'router'];

export const EXPRESS: Framework = {
  reader: 'express',
  modules: ['express', ...ROUTER_PACKAGES],
  call: make(express, ROUTER_PACKAGES),
  parameter: {
    kind: express,
    types: ['Express', 'Application', 'Router', 'IRouter', 'core.Express'],
    names: ['app', 'router', 'server', 'expressApp', 'api', 'application', 'route', 'routes'],
  },
};

const polka = expressLike('polka');
export const POLKA: Framework = { reader: 'polka', modules: ['polka'], call: make(polka) };

const restify = expressLike('restify');
export const RESTIFY: Framework = { reader: 'restify', modules: ['restify'], call: make(restify) };
