import { loadAll } from 'js-yaml';
import { type Pod, type Request, type Selector, selects } from '../../testing/world.ts';

/** What Linkerd lets in, from its reference and the behaviour of its proxy alone: nothing here is shared with what writes
 *  its objects. Ports without a Server are denied, as with the default policy `deny`.
 *  @see https://linkerd.io/2/reference/authorization-policy/
 *  @see https://github.com/linkerd/linkerd2-proxy/blob/main/linkerd/http/route/src/lib.rs */

interface Meta {
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string };
}
interface Server extends Meta {
  readonly spec: {
    readonly podSelector: Selector;
    readonly port: number;
    readonly proxyProtocol?: string;
    readonly accessPolicy?: string;
  };
}
interface Ref {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}
interface Route extends Meta {
  readonly spec: {
    readonly parentRefs: readonly Ref[];
    readonly rules: readonly { readonly matches: readonly RouteMatch[] }[];
  };
}
interface RouteMatch {
  readonly method?: string;
  readonly path: { readonly type: string; readonly value: string };
}
interface Policy extends Meta {
  readonly spec: { readonly targetRef: Ref; readonly requiredAuthenticationRefs: readonly Ref[] };
}
interface Authentication extends Meta {
  readonly spec: { readonly identityRefs: readonly Ref[] };
}

export class Linkerd {
  readonly #objects: readonly Meta[];

  constructor(files: readonly { readonly text: string }[]) {
    this.#objects = files.flatMap(({ text }) => loadAll(text) as Meta[]);
    for (const { metadata } of this.#objects) {
      if (
        !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/.test(
          metadata.name,
        )
      ) {
        throw new Error(`${metadata.name} is no name`);
      }
    }
  }

  lets(from: Pod, to: Pod, { port, http }: Request): boolean {
    const servers = this.#all<Server>('Server', to.namespace).filter(
      ({ spec }) => spec.port === port && selects(spec.podSelector, to.labels),
    );
    const [server, ...others] = servers;
    if (others.length > 0) throw new Error('Servers are in conflict');
    if (!server) return false;
    const isOpen =
      server.spec.accessPolicy === 'audit' || this.#isAuthorized(from, 'Server', server);
    if (server.spec.proxyProtocol === 'opaque' || !http) return isOpen;
    const routes = this.#all<Route>('HTTPRoute', to.namespace).filter(({ spec }) =>
      spec.parentRefs.some(({ kind, name }) => kind === 'Server' && name === server.metadata.name),
    );
    if (routes.length === 0) return isOpen;
    const route = bestOf(routes, http);
    // A request that no route matches is answered with 404.
    return route !== undefined && (isOpen || this.#isAuthorized(from, 'HTTPRoute', route));
  }

  /** Of one kind in one namespace, in the order of names, which decides between equals. */
  #all<Kind extends Meta>(kind: string, namespace: string): Kind[] {
    return this.#objects
      .filter((one): one is Kind => one.kind === kind && one.metadata.namespace === namespace)
      .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  #isAuthorized(from: Pod, kind: string, { metadata }: Meta): boolean {
    const policies = this.#all<Policy>('AuthorizationPolicy', metadata.namespace).filter(
      ({ spec }) => spec.targetRef.kind === kind && spec.targetRef.name === metadata.name,
    );
    return policies.some(({ spec }) =>
      spec.requiredAuthenticationRefs.every(({ name }) => {
        const one = this.#all<Authentication>('MeshTLSAuthentication', metadata.namespace).find(
          (authentication) => authentication.metadata.name === name,
        );
        return (
          from.isMeshed &&
          one?.spec.identityRefs.some(
            (ref) =>
              ref.kind === 'ServiceAccount' &&
              ref.name === from.serviceAccount &&
              (ref.namespace ?? metadata.namespace) === from.namespace,
          )
        );
      }),
    );
  }
}

type Http = NonNullable<Request['http']>;

/** The longest path that matches wins, then a match with a method; the first of equals. */
function bestOf(routes: readonly Route[], http: Http): Route | undefined {
  let best: { route: Route; rank: number } | undefined;
  for (const route of routes) {
    const ranks = route.spec.rules
      .flatMap(({ matches }) => matches)
      .map((match) => rankOf(match, http));
    const rank = Math.max(-1, ...ranks);
    if (rank > (best?.rank ?? -1)) best = { route, rank };
  }
  return best?.route;
}

function rankOf({ method, path: { type, value } }: RouteMatch, http: Http): number {
  if (value.length > 1_024) throw new Error('a path is too long');
  if (method !== undefined && method !== http.method) return -1;
  const [path = ''] = http.path.split('?');
  const isMatch = type === 'Exact' ? path === value : isWhole(value, path);
  return isMatch ? path.length * 2 + (method === undefined ? 0 : 1) : -1;
}

const known = new Map<string, RegExp>();

/** The first match that is found must be the whole path. */
function isWhole(pattern: string, path: string): boolean {
  const regex = known.get(pattern) ?? new RegExp(pattern);
  known.set(pattern, regex);
  const found = regex.exec(path);
  return found?.index === 0 && found[0].length === path.length;
}
