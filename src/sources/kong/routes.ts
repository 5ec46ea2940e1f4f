import type { DataPath } from '../../base/data.ts';
import { listAt, pick, textAt } from '../../base/pick.ts';
import type { Observation, Source } from '../../estate/index.ts';
import { type KongPath, readPath } from './path.ts';
import { authenticationOf } from './plugins.ts';
import type { KongConfiguration, KongRoute } from './services.ts';

/** More paths of one route are cut. */
const MAX_PATHS = 1_000;

export interface RouteSink {
  observe(observation: Observation): void;
  sourceAt(path: DataPath): Source;
}

/** Tells where the routes of a configuration lead, and an endpoint for each method and path that can
 *  only mean one. */
export function tellRoutes(configuration: KongConfiguration, sink: RouteSink): void {
  for (const route of configuration.routes) {
    const demands = authenticationOf(configuration.plugins, route.names, route.service.names);
    const strip = pick(route.value, 'strip_path');
    const strips = typeof strip === 'boolean' ? strip : configuration.stripsPath;
    for (const { text, at } of pathsOf(route)) {
      const path = readPath(text, route.service.path, strips, configuration.formatVersion);
      tellPath(route, path, demands, sink.sourceAt(at), sink);
    }
  }
}

function tellPath(
  route: KongRoute,
  { path, match, rewrittenTo, template }: KongPath,
  demands: readonly string[],
  source: Source,
  sink: RouteSink,
): void {
  const methods = textsIn(route.value, 'methods').map((method) => method.toUpperCase());
  for (const subject of route.service.subjects) {
    sink.observe({
      kind: 'service',
      subject,
      route: {
        via: titleOf(route),
        hosts: textsIn(route.value, 'hosts'),
        path,
        match,
        methods,
        internet: true,
        ...(rewrittenTo !== undefined && { rewrittenTo }),
        ...(demands.length > 0 && { authentication: [...demands] }),
        source,
      },
      source,
    });
    for (const method of template === undefined ? [] : methods) {
      sink.observe({
        kind: 'endpoint',
        subject,
        protocol: 'http',
        method,
        template: template ?? '/',
        ...(demands.length > 0 && { security: 'required' as const }),
        source,
      });
    }
  }
}

function titleOf({ names, service }: KongRoute): string {
  const [name = ''] = names;
  if (!name.startsWith('\n')) return `Kong route ${name}`;
  const [serviceName = ''] = service.names;
  return serviceName.startsWith('\n') ? 'Kong route' : `Kong route of ${serviceName}`;
}

/** The paths of a route; `/` for one that matches by something else. */
function pathsOf(route: KongRoute): { text: string; at: DataPath }[] {
  const expression = textAt(route.value, 'expression');
  if (expression !== undefined) {
    const at = [...route.at, 'expression'];
    const paths = pathsInExpression(expression);
    return (paths.length > 0 ? paths : ['/']).map((text) => ({ text, at }));
  }
  const paths = listAt(route.value, 'paths').slice(0, MAX_PATHS);
  if (paths.length === 0) return [{ text: '/', at: route.at }];
  return paths.flatMap((item, index) => {
    const text = textAt(item);
    return text === undefined ? [] : [{ text, at: [...route.at, 'paths', index] }];
  });
}

/** Paths that an expression (`http.path ^= "/orders"`) compares with, as paths of a route. */
function pathsInExpression(expression: string): string[] {
  return [
    ...expression
      .slice(0, 10_000)
      .matchAll(/http\.path\s{0,20}(==|\^=|~)\s{0,20}r?#?"([^"]{1,1000})"/g),
  ]
    .slice(0, MAX_PATHS)
    .map(([, operator, path = '']) => (operator === '~' ? `~${path}` : path));
}

function textsIn(value: unknown, field: string): string[] {
  return listAt(value, field).flatMap((item) => textAt(item) ?? []);
}
