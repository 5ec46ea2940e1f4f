import { createHash } from 'node:crypto';
import { compareText } from '../../../base/diagnostic.ts';
import type { CalleeRules } from '../../model/index.ts';
import { aboutCaller } from '../callees.ts';
import { commented, declaredIn } from '../comments.ts';
import type { Notice } from '../compiled.ts';
import { arrange, type Cell } from './arrangement.ts';
import { toExpression } from './expression.ts';

export interface KongRoutes {
  readonly routes: readonly Record<string, unknown>[];
  readonly notices: readonly Notice[];
}

/** Kong's routes name their methods: of those that take every method, these. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The routes to a callee: of those that take a path, the one with the highest priority says who is let in. */
export function routesOf(callee: CalleeRules, hosts: readonly string[]): KongRoutes {
  const notices: Notice[] = [];
  const routes = new Map<string, Route>();
  for (const method of methodsOf(callee)) {
    const arranged = arrange(callee.callers, method);
    if (!arranged) {
      notices.push(tooMany(callee, method));
      continue;
    }
    notices.push(...[...arranged.keptOut].flatMap((at) => keptOut(callee, at, method)));
    for (const cell of arranged.cells) addTo(routes, toRoute(callee, cell), method);
  }
  const own = [...routes.values()];
  const sorted = [...(own.length > 0 ? [malformedRoute(own)] : []), ...own].sort(
    (a, b) => b.priority - a.priority || compareText(a.key, b.key),
  );
  return { routes: sorted.map((route) => routeObject(callee, route, hosts)), notices };
}

/** Every method that a rule names, and those that rules for any method are taken for. */
function methodsOf({ callers }: CalleeRules): string[] {
  const named = callers.flatMap(({ allowed }) =>
    allowed
      .filter(({ protocol }) => protocol === 'http')
      .flatMap(({ method, exceptMethods }) =>
        method === '*' ? [...METHODS, ...exceptMethods] : [method],
      ),
  );
  return [...new Set(named)].sort(compareText);
}

interface Route {
  readonly key: string;
  readonly expression: string;
  readonly priority: number;
  /** Identities of those who are let in; each is the group of its consumer. */
  readonly groups: readonly string[];
  readonly declared: string;
  readonly methods: string[];
}

function toRoute({ callers }: CalleeRules, cell: Cell): Route {
  const allowed = [...cell.callers].flatMap((at) => callers[at] ?? []);
  const groups = [...new Set(allowed.flatMap(({ identities }) => identities))].sort(compareText);
  const expression = toExpression(cell.region, groups.length === 0);
  const declared = declaredIn(cell.because);
  const key = JSON.stringify([expression, cell.rank, groups]);
  return { key, expression, priority: cell.rank, groups, declared, methods: [] };
}

/** What Reeve refuses of a path, as far as Kong does not take it away: `;`, backslashes, escapes that are broken, done
 *  twice, or of slashes and NUL. */
const MALFORMED =
  '/.*(?:[^!-~]|[\\\\;#]|%(?:[^0-9A-Fa-f]|[0-9A-Fa-f](?:[^0-9A-Fa-f]|$)|$|2[Ff]|5[Cc]|00|25[0-9A-Fa-f]{2})).*$';

/** Comes before all others. */
function malformedRoute(routes: readonly Route[]): Route {
  return {
    key: MALFORMED,
    expression: MALFORMED,
    priority: Math.max(...routes.map(({ priority }) => priority)) + 1,
    groups: [],
    declared: 'malformed paths',
    methods: [...new Set(routes.flatMap(({ methods }) => methods))],
  };
}

/** Routes that differ in their methods only are one. */
function addTo(routes: Map<string, Route>, route: Route, method: string): void {
  const known = routes.get(route.key) ?? route;
  known.methods.push(method);
  routes.set(route.key, known);
}

/** @see https://developer.konghq.com/gateway/entities/route/ */
function routeObject(
  { service }: CalleeRules,
  route: Route,
  hosts: readonly string[],
): Record<string, unknown> {
  const { expression, priority, groups, declared, methods } = route;
  const digest = createHash('sha256').update(`${methods} ${route.key}`).digest('hex').slice(0, 12);
  const object = {
    name: `${service.namespace}.${service.name}.${digest}`,
    hosts,
    methods: methods.toSorted(compareText),
    paths: [`~${expression}`],
    regex_priority: priority,
    strip_path: false,
    preserve_host: true,
    plugins: [groups.length > 0 ? letIn(groups) : LET_IN_NOBODY],
  };
  return commented(declared || 'nobody is let in', object);
}

/** @see https://developer.konghq.com/plugins/acl/ */
const letIn = (groups: readonly string[]) => ({
  name: 'acl',
  config: { allow: groups, hide_groups_header: true },
});

/** @see https://developer.konghq.com/plugins/request-termination/ */
const LET_IN_NOBODY = {
  name: 'request-termination',
  config: { status_code: 403, message: 'no declaration allows this call' },
};

function tooMany({ service }: CalleeRules, method: string): Notice {
  return {
    service: service.id,
    operation: method,
    effect: 'denied',
    message: `The paths of its ${method} operations overlap in too many ways for routes; nobody is let in to them.`,
  };
}

function keptOut(callee: CalleeRules, at: number, method: string): Notice[] {
  const caller = callee.callers[at];
  if (!caller) return [];
  const message =
    'Two paths meet in what no expression of Kong says: where the caller may not call both, it may call neither.';
  return [{ ...aboutCaller(callee, caller, 'denied', message), operation: method }];
}
