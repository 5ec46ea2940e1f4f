import { compareText } from '../base/diagnostic.ts';
import type { Endpoint } from '../estate/index.ts';
import { groupBy } from './group-by.ts';
import { shapeOf } from './shape.ts';
import { STAGES, type Stage, type Stages, stageOf } from './stages.ts';

/** The same endpoint in several environments. */
export interface SideBySide {
  /** By endpoint id; endpoints that stand in one environment alone have no entry. */
  readonly elsewhere: ReadonlyMap<string, Endpoint['elsewhere']>;
  /** Ids of endpoints that run in production, and are not known where their service is staged; each
   *  with the environments that were looked at. */
  readonly productionOnly: ReadonlyMap<string, readonly string[]>;
}

/** Other environments that one endpoint names: production first, then staging, then by name. */
const MAX_ELSEWHERE = 16;

/** Where a service stands. */
interface Home {
  readonly environment: string;
  readonly stage: Stage;
  /** Equal for one service in all environments. */
  readonly service: string;
}

interface Placed {
  readonly endpoint: Endpoint;
  readonly home: Home;
  /** Equal for one path of one service in all environments. */
  readonly path: string;
}

/** Puts endpoints of one service, protocol, method and shape side by side. What only ever answered
 *  404 is nowhere.
 *
 *  A service is the same in two environments where namespace and name are; where no environment has
 *  two of one name, the name alone suffices (`shop/web` and `shop-staging/web`). */
export function sideBySide(endpoints: readonly Endpoint[], stages: Stages): SideBySide {
  const services = new Set(endpoints.map(({ service }) => service));
  const homes = toHomes(services, stages);
  if (new Set([...homes.values()].map(({ environment }) => environment)).size < 2) return ALONE;
  const placed = endpoints.flatMap((endpoint): Placed[] => {
    const home = endpoint.visibility === 'probe' ? undefined : homes.get(endpoint.service);
    if (!home) return [];
    const path = `${home.service} ${endpoint.protocol} ${shapeOf(endpoint.template)}`;
    return [{ endpoint, home, path }];
  });
  return { elsewhere: elsewhereOf(placed), productionOnly: productionOnlyOf(placed) };
}

/** A specification describes a service wherever it runs: what is declared in one environment is no
 *  shadow in another. Gives the same list where nothing changes. */
export function declareEverywhere(
  endpoints: readonly Endpoint[],
  elsewhere: SideBySide['elsewhere'],
): readonly Endpoint[] {
  const shadows = endpoints.filter(({ id, status }) => status === 'shadow' && elsewhere.has(id));
  if (shadows.length === 0) return endpoints;
  const wanted = new Set(
    shadows.flatMap(({ id }) => elsewhere.get(id)?.map((one) => one.id) ?? []),
  );
  const twins = new Map(
    endpoints.flatMap((one) =>
      wanted.has(one.id) && one.status !== 'shadow' ? [[one.id, one] as const] : [],
    ),
  );
  if (twins.size === 0) return endpoints;
  return endpoints.map((endpoint) => {
    if (endpoint.status !== 'shadow') return endpoint;
    const twin = elsewhere.get(endpoint.id)?.flatMap(({ id }) => twins.get(id) ?? [])[0];
    return twin === undefined ? endpoint : declaredAs(endpoint, twin);
  });
}

function declaredAs(endpoint: Endpoint, twin: Endpoint): Endpoint {
  const owner = endpoint.owner ?? twin.owner;
  const deprecated = endpoint.deprecated || twin.deprecated;
  const isZombie = deprecated && endpoint.observed;
  const status = isZombie ? 'zombie' : owner === null ? 'unowned' : 'governed';
  const waits = status === 'governed' ? null : status;
  return {
    ...endpoint,
    declaredIn: twin.declaredIn,
    owner,
    deprecated,
    status,
    review: endpoint.review === 'shadow' ? waits : endpoint.review,
  };
}

const ALONE: SideBySide = { elsewhere: new Map(), productionOnly: new Map() };

function toHomes(services: ReadonlySet<string>, stages: Stages): Map<string, Home> {
  const parsed = [...services].map((id) => {
    const [environment = '', namespace = '', ...name] = id.split('/');
    return { id, environment, namespace, name: name.join('/') };
  });
  const names = groupBy(parsed, ({ environment, name }) => `${environment}/${name}`);
  const ambiguous = new Set(
    [...names.values()].flatMap((same) => (same.length > 1 ? same.map(({ name }) => name) : [])),
  );
  return new Map(
    parsed.map(({ id, environment, namespace, name }) => [
      id,
      {
        environment,
        stage: stageOf(environment, stages),
        service: ambiguous.has(name) ? `${namespace}/${name}` : `/${name}`,
      },
    ]),
  );
}

function elsewhereOf(placed: readonly Placed[]): Map<string, Endpoint['elsewhere']> {
  const found = new Map<string, Endpoint['elsewhere']>();
  const same = groupBy(placed, ({ path, endpoint }) => `${path} ${endpoint.method}`);
  for (const group of same.values()) {
    if (group.length < 2) continue;
    const first = group.sort(byStage).slice(0, MAX_ELSEWHERE + 1);
    for (const { endpoint } of group) {
      const others = first.filter((other) => other.endpoint !== endpoint).slice(0, MAX_ELSEWHERE);
      found.set(endpoint.id, others.map(toElsewhere));
    }
  }
  return found;
}

function toElsewhere({ home: { environment }, endpoint }: Placed): Endpoint['elsewhere'][number] {
  const { id, status, observed } = endpoint;
  return { environment, id, status, observed };
}

function byStage(a: Placed, b: Placed): number {
  return (
    STAGES.indexOf(a.home.stage) - STAGES.indexOf(b.home.stage) ||
    compareText(a.home.environment, b.home.environment) ||
    compareText(a.endpoint.id, b.endpoint.id)
  );
}

/** Where a service is staged at all, and something is known of what it does there, production should
 *  hold nothing that staging never did. Code that takes every method stands for each. */
function productionOnlyOf(placed: readonly Placed[]): Map<string, readonly string[]> {
  const staged = placed.filter(({ home }) => home.stage === 'staging');
  const environments = new Map<string, Set<string>>();
  const methods = new Map<string, Set<string>>();
  for (const { endpoint, home, path } of staged) {
    setOf(environments, home.service).add(home.environment);
    setOf(methods, path).add(endpoint.method);
  }
  const isStaged = ({ path, endpoint: { method } }: Placed): boolean => {
    const known = methods.get(path);
    return known !== undefined && (method === 'ANY' || known.has(method) || known.has('ANY'));
  };
  const found = new Map<string, readonly string[]>();
  for (const one of placed) {
    const { endpoint, home } = one;
    const stagedIn = environments.get(home.service);
    if (home.stage !== 'production' || stagedIn === undefined) continue;
    const isRunning = endpoint.visibility === 'shown' && endpoint.status !== 'dormant';
    if (isRunning && !isStaged(one)) found.set(endpoint.id, [...stagedIn].sort());
  }
  return found;
}

function setOf(sets: Map<string, Set<string>>, key: string): Set<string> {
  const known = sets.get(key);
  if (known) return known;
  const fresh = new Set<string>();
  sets.set(key, fresh);
  return fresh;
}
