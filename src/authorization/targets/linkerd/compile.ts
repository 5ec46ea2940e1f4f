import { compareText } from '../../../base/diagnostic.ts';
import type { CalleeRules, CallerRules } from '../../model/index.ts';
import { accountsOf } from '../accounts.ts';
import {
  aboutCaller,
  calleesOf,
  FLATTENED,
  filePathOf,
  isSaidByConnections,
  noticesOfPlace,
  podGroupsOf,
} from '../callees.ts';
import type { Compiled, Notice, Placement, TargetContext } from '../compiled.ts';
import { OF_EVERY_PATH } from '../http-notices.ts';
import { type Manifest, nameOf, toYamlFile } from '../manifests.ts';
import {
  authentication,
  authorization,
  MAX_SERVERS,
  routeManifests,
  type ServerPlan,
  serverManifest,
} from './manifests.ts';
import { routeSetsOf } from './routes.ts';

/** Servers for the ports of callees, HTTPRoutes for what may be asked there, and who may ask it. What matches no route of
 *  a Server is denied.
 *  @see https://linkerd.io/2/reference/authorization-policy/ */
export function compileLinkerd(rules: readonly CalleeRules[], context: TargetContext): Compiled {
  const compiled = calleesOf(rules, context).map((callee) => compileCallee(callee, context));
  return {
    files: compiled.flatMap(({ files }) => files).sort((a, b) => compareText(a.path, b.path)),
    notices: [...OF_EVERY_PATH, UNGUARDED, ...compiled.flatMap(({ notices }) => notices)],
  };
}

const UNGUARDED: Notice = {
  effect: 'left',
  message:
    'Ports without a Server, and pods that are not known here, go by the default policy of Linkerd: annotate namespaces with `config.linkerd.io/default-inbound-policy: deny`.',
};

interface Said {
  readonly manifests: readonly Manifest[];
  readonly notices: readonly Notice[];
}

function compileCallee(callee: CalleeRules, context: TargetContext): Compiled {
  const { service, mode } = callee;
  const placement = context.placements.get(service.id);
  const servers = placement ? serversOf(callee, placement) : [];
  const said = mode === 'shadow' ? audited(servers) : guarded(callee, servers, context);
  return {
    files: toYamlFile(filePathOf(service), said.manifests),
    notices: [
      ...noticesOfPlace(callee, placement),
      ...(placement ? noticesOfPorts(callee, placement, servers) : []),
      ...said.notices,
    ],
  };
}

function serversOf({ service }: CalleeRules, placement: Placement): ServerPlan[] {
  const plans = podGroupsOf(service.name, placement).flatMap(({ parts, selector, ports }) =>
    ports
      .filter(({ transport }) => transport === 'TCP')
      .map(({ number }) => ({
        name: nameOf(...parts, `${number}`),
        namespace: placement.namespace,
        selector,
        port: number,
      })),
  );
  return plans.slice(0, MAX_SERVERS);
}

/** Of ports that Linkerd does not guard. */
function noticesOfPorts(
  { service }: CalleeRules,
  placement: Placement,
  servers: readonly ServerPlan[],
): Notice[] {
  const groups = podGroupsOf(service.name, placement);
  const ports = groups.flatMap((group) => group.ports);
  const messages = [
    ...groups
      .filter((group) => group.ports.length === 0)
      .map(({ name }) => `No port of ${name} is declared: ${DEFAULT}`),
    ...(ports.length > servers.length
      ? [`Some of its ports are not of TCP, or beyond ${MAX_SERVERS}: ${DEFAULT}`]
      : []),
  ];
  return messages.map((message) => ({ service: service.id, effect: 'left', message }));
}

const DEFAULT = 'what Linkerd lets in by default decides there.';

/** In shadow mode: all are let in, and Linkerd logs it. */
function audited(servers: readonly ServerPlan[]): Said {
  const manifests = servers.map((one) => serverManifest(one, { accessPolicy: 'audit' }));
  return { manifests, notices: [] };
}

function guarded(
  callee: CalleeRules,
  servers: readonly ServerPlan[],
  context: TargetContext,
): Said {
  const callers = callee.callers.filter((one) => accountsOf(one, context).accounts.length > 0);
  const strangers = callee.callers.flatMap((caller) =>
    accountsOf(caller, context).others.map((identity) =>
      aboutCaller(callee, caller, 'denied', `Linkerd does not know ${identity}: it is denied.`),
    ),
  );
  const say = callee.service.kind === 'datastore' ? connections : requests;
  const { manifests, notices } = say(callee, servers, callers, context);
  return { manifests, notices: [...strangers, ...notices] };
}

/** What does not speak HTTP is opened by connections. */
function connections(
  callee: CalleeRules,
  servers: readonly ServerPlan[],
  callers: readonly CallerRules[],
  context: TargetContext,
): Said {
  const guards = servers.map((one) => serverManifest(one, { proxyProtocol: 'opaque' }));
  const [first] = servers;
  if (callers.length === 0 || !first) return { manifests: guards, notices: [] };
  const clients = nameOf(callee.service.name);
  const accounts = callers.flatMap((one) => accountsOf(one, context).accounts);
  return {
    manifests: [
      ...guards,
      authentication(first.namespace, clients, accounts),
      ...guards.map((one) => authorization(one, clients)),
    ],
    notices: callers
      .filter((one) => !isSaidByConnections(callee, one))
      .map((one) => aboutCaller(callee, one, 'left', FLATTENED)),
  };
}

const PROBES =
  'Probes of its pods over HTTP are denied where they go to the same ports: let them in by a route with a NetworkAuthentication.';

function requests(
  callee: CalleeRules,
  servers: readonly ServerPlan[],
  callers: readonly CallerRules[],
  context: TargetContext,
): Said {
  const guards = servers.map((one) => serverManifest(one, {}));
  const [first] = servers;
  const { sets, notices } = routeSetsOf(callee, callers);
  if (!first) return { manifests: [], notices };
  const manifests = sets
    .filter(({ matches }) => matches.length > 0)
    .flatMap((set) => {
      const name = nameOf(callee.service.name, `${set.digest}`);
      const accounts = set.callers.flatMap((one) => accountsOf(one, context).accounts);
      const routes = routeManifests(name, servers, set.matches);
      return [
        ...routes,
        authentication(first.namespace, name, accounts),
        ...routes.map((one) => authorization(one, name)),
      ];
    });
  const probes: Notice = { service: callee.service.id, effect: 'denied', message: PROBES };
  return {
    manifests: [...guards, ...manifests],
    notices: manifests.length > 0 ? [...notices, probes] : notices,
  };
}
