import type { Route } from '../../estate/index.ts';
import type { OutsideChange, ServiceWords, State } from './model.ts';
import { placeOf, type Words } from './words.ts';

/** What gateways let in from outside, where that changes: routes, and what a gateway demands of callers first. */
export function outsideChanges(base: State, head: State, words: Words): OutsideChange[] {
  const before = new Map(base.services.map((service) => [service.id, service]));
  const after = new Map(head.services.map((service) => [service.id, service]));
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  return ids.flatMap((id) => serviceChanges(id, before.get(id), after.get(id), head, words));
}

function serviceChanges(
  id: string,
  was: ServiceWords | undefined,
  is: ServiceWords | undefined,
  head: State,
  words: Words,
): OutsideChange[] {
  const [before, after] = [was?.routes ?? [], is?.routes ?? []];
  if (before.length === 0 && after.length === 0) return [];
  const wasOnInternet = before.some(({ internet }) => internet);
  const isIn = (routes: readonly Route[], route: Route) =>
    routes.some((one) => contains(one, route));
  const toChange = (route: Route, change: 'added' | 'removed'): OutsideChange => ({
    layer: 'outside',
    change,
    from: route.internet ? 'the internet' : 'outside the cluster',
    to: words.nameOf(id),
    gained: change === 'added' ? [textOf(route)] : [],
    lost: change === 'removed' ? [textOf(route)] : [],
    place: placeOf(route.source, change === 'added' ? 'head' : 'base'),
    service: id,
    internet: route.internet,
    wasOnInternet,
    operations: change === 'added' ? operationsBehind(id, route, head) : [],
  });
  return [
    ...after.filter((route) => !isIn(before, route)).map((route) => toChange(route, 'added')),
    ...before.filter((route) => !isIn(after, route)).map((route) => toChange(route, 'removed')),
  ];
}

/** Whether all that the second lets in comes in by the first as well, with no more asked of it. */
function contains(outer: Route, inner: Route): boolean {
  if (inner.internet && !outer.internet) return false;
  if (!isSubset(outer.authentication ?? [], inner.authentication ?? [])) return false;
  if (
    outer.methods.length > 0 &&
    (inner.methods.length === 0 || !isSubset(inner.methods, outer.methods))
  )
    return false;
  if (outer.hosts.length > 0 && (inner.hosts.length === 0 || !isSubset(inner.hosts, outer.hosts)))
    return false;
  return outer.match === 'prefix' && inner.match !== 'pattern'
    ? isBelow(seen(outer), seen(inner))
    : outer.match === inner.match && seen(outer) === seen(inner);
}

/** What the service gets to see. */
function seen({ path, rewrittenTo }: Route): string {
  return rewrittenTo ?? path;
}

function isSubset(small: readonly string[], large: readonly string[]): boolean {
  return small.every((item) => large.includes(item));
}

function isBelow(prefix: string, path: string): boolean {
  const stem = prefix.replace(/\/+$/, '');
  return path === stem || path.startsWith(`${stem}/`) || stem === '';
}

function textOf(route: Route): string {
  const methods = route.methods.length > 0 ? `${route.methods.join(', ')} ` : '';
  const hosts = route.hosts.length > 0 ? route.hosts.join(', ') : 'any host';
  const below = route.match === 'prefix' ? ' and below' : '';
  const demands = route.authentication ?? [];
  const asked = demands.length > 0 ? ` with ${demands.join(' and ')}` : '';
  return `${methods}${route.path}${below} at ${hosts} by ${route.via}${asked}`;
}

function operationsBehind(id: string, route: Route, { policy }: State): string[] {
  return policy.endpoints
    .filter(({ service, protocol }) => service === id && protocol === 'http')
    .filter(
      ({ method }) =>
        route.methods.length === 0 || method === 'ANY' || route.methods.includes(method),
    )
    .filter(({ template }) =>
      route.match === 'prefix'
        ? isBelow(seen(route), template)
        : route.match === 'pattern' || seen(route) === template,
    )
    .map(({ method, template }) => `${method} ${template}`)
    .sort();
}
