import type { DataDocument, DataPath } from '../../base/data.ts';
import { listAt, pick, textAt } from '../../base/pick.ts';
import { addressesIn } from '../addresses.ts';

/** A route of a gateway that is set up in `application.yml`. */
export interface GatewayRoute {
  readonly host: string;
  readonly port?: number;
  /** As written: `/api/customer/**`. */
  readonly path: string;
  readonly methods: readonly string[];
  readonly name: string;
  readonly gateway: 'Spring Cloud Gateway' | 'Zuul';
  readonly at: DataPath;
}

/** Where the versions of Spring Cloud Gateway keep their routes. */
const ROUTE_LISTS: readonly DataPath[] = [
  ['spring', 'cloud', 'gateway', 'routes'],
  ['spring', 'cloud', 'gateway', 'mvc', 'routes'],
  ['spring', 'cloud', 'gateway', 'server', 'webflux', 'routes'],
  ['spring', 'cloud', 'gateway', 'server', 'webmvc', 'routes'],
];

/** Routes of one document.
 *  @see Spring Cloud Gateway: Configuring Route Predicate Factories; Spring Cloud Netflix: Zuul */
export function gatewayRoutes(document: DataDocument): readonly GatewayRoute[] {
  return [
    ...ROUTE_LISTS.flatMap((list) => listedRoutes(document.value, list)),
    ...zuulRoutes(document.value),
  ];
}

function listedRoutes(value: unknown, list: DataPath): GatewayRoute[] {
  return listAt(value, ...list).flatMap((route, index) => {
    const [target] = addressesIn('uri', textAt(route, 'uri') ?? '');
    if (target === undefined) return [];
    const predicates = listAt(route, 'predicates').flatMap(readPredicate);
    const of = (name: string): string[] =>
      predicates.filter((predicate) => predicate.name === name).flatMap(({ values }) => values);
    const paths = of('Path');
    const name = textAt(route, 'id') ?? String(index);
    return (paths.length > 0 ? paths : ['/**']).map((path) => ({
      ...place(target),
      path,
      methods: of('Method').map((method) => method.toUpperCase()),
      name,
      gateway: 'Spring Cloud Gateway',
      at: [...list, index],
    }));
  });
}

interface Predicate {
  readonly name: string;
  readonly values: readonly string[];
}

/** `Path=/a/**,/b/**`, or `{ name: Path, args: { pattern: … } }`. */
function readPredicate(predicate: unknown): Predicate[] {
  const name = textAt(predicate, 'name');
  if (name !== undefined) {
    const found = pick(predicate, 'args');
    const values = typeof found === 'object' && found !== null ? Object.values(found) : [];
    return [{ name, values: values.filter((item): item is string => typeof item === 'string') }];
  }
  if (typeof predicate !== 'string') return [];
  const equals = predicate.indexOf('=');
  if (equals < 0) return [];
  const values = predicate
    .slice(equals + 1)
    .split(',')
    .map((item) => item.trim());
  return [{ name: predicate.slice(0, equals).trim(), values }];
}

function zuulRoutes(value: unknown): GatewayRoute[] {
  const routes = pick(value, 'zuul', 'routes');
  if (typeof routes !== 'object' || routes === null || Array.isArray(routes)) return [];
  return Object.entries(routes).flatMap(([name, route]: [string, unknown]) => {
    // `orders: /orders/**` is short for the service of that name.
    const short = typeof route === 'string' ? route : undefined;
    const service = textAt(route, 'serviceId') ?? textAt(route, 'url') ?? name;
    const [target] = addressesIn('host', service);
    if (target === undefined) return [];
    return [
      {
        ...place(target),
        path: short ?? textAt(route, 'path') ?? `/${name}/**`,
        methods: [],
        name,
        gateway: 'Zuul' as const,
        at: ['zuul', 'routes', name],
      },
    ];
  });
}

function place(target: { host: string; port?: number }): { host: string; port?: number } {
  return { host: target.host, ...(target.port !== undefined && { port: target.port }) };
}
