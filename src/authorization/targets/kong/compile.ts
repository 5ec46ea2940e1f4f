import { compareText } from '../../../base/diagnostic.ts';
import type { CalleeRules } from '../../model/index.ts';
import { aboutOperation, calleesOf } from '../callees.ts';
import { commented, toCommentedYaml } from '../comments.ts';
import type { Compiled, Notice, TargetContext } from '../compiled.ts';
import { routesOf } from './routes.ts';

const GENERAL: readonly Notice[] = [
  {
    effect: 'denied',
    message:
      'Kong lets in consumers that have proved who they are: add a plugin that authenticates (`jwt`, `mtls-auth` …) and ' +
      'credentials for the consumers, which are named by their SPIFFE IDs. Until then nobody is let in.',
  },
  {
    effect: 'left',
    message:
      'Calls that do not go through Kong are left to other enforcement points; so are paths of more than 8 KiB or 256 ' +
      'segments, and what does not decode to UTF-8.',
  },
  {
    effect: 'denied',
    message:
      'Where every method is allowed, methods that are not in RFC 9110 and RFC 5789 find no route.',
  },
];

/** Kong's declarative configuration: a service for each callee, routes by what is called, and who is let in by the groups
 *  of consumers. What no route takes is answered with 404.
 *  @see https://developer.konghq.com/gateway/db-less-mode/ */
export function compileKong(rules: readonly CalleeRules[], context: TargetContext): Compiled {
  const callees = calleesOf(rules, context);
  const compiled = callees.map((callee) => compileCallee(callee, context));
  const document = {
    _format_version: '3.0',
    services: compiled.flatMap(({ service }) => service),
    consumers: consumersOf(callees),
  };
  const hasServices = document.services.length > 0;
  return {
    files: hasServices ? [{ path: 'kong.yaml', text: toCommentedYaml(document) }] : [],
    notices: [...(hasServices ? GENERAL : []), ...compiled.flatMap(({ notices }) => notices)],
  };
}

const DEFAULT_PORT = 80;

/** A callee as Kong's service; none where it is not known to run in a cluster. */
function compileCallee(callee: CalleeRules, context: TargetContext) {
  const { id, namespace, name, kind } = callee.service;
  const placement = context.placements.get(id);
  if (kind !== 'workload' || !placement) {
    const why = kind === 'workload' ? 'no workload of it is known' : `it is ${ARTICLE[kind]}`;
    const message = `Calls to it are left to other enforcement points: ${why}.`;
    return { service: [], notices: [{ service: id, effect: 'left' as const, message }] };
  }
  const host = `${name}.${placement.namespace}.svc`;
  const hosts = [host, `${host}.cluster.local`];
  const { routes, notices } = isShadow(callee)
    ? openRoutes(callee, hosts)
    : routesOf(callee, hosts);
  const ports = placement.workloads.flatMap((one) =>
    one.ports.filter(({ transport }) => transport === 'TCP').map(({ number }) => number),
  );
  const [port = DEFAULT_PORT] = ports;
  const service = { name: `${namespace}.${name}`, protocol: 'http', host, port, routes };
  return {
    service: routes.length > 0 ? [commented(id, service)] : [],
    notices: [...notices, ...unsaidNotices(callee)],
  };
}

const ARTICLE = { datastore: 'a data store', external: 'outside of the cluster' } as const;

const isShadow = ({ mode }: CalleeRules): boolean => mode === 'shadow';

/** In shadow mode everything is let through. */
function openRoutes({ service }: CalleeRules, hosts: readonly string[]) {
  const name = `${service.namespace}.${service.name}.shadow`;
  const routes = [{ name, hosts, paths: ['/'], strip_path: false, preserve_host: true }];
  const message =
    'It is in shadow mode: Kong lets everything through, and does not say what would be denied.';
  return { routes, notices: [{ service: service.id, effect: 'left' as const, message }] };
}

function unsaidNotices(callee: CalleeRules): Notice[] {
  if (isShadow(callee)) return [];
  return callee.callers.flatMap((caller) =>
    caller.allowed.flatMap((rule): Notice[] => {
      if (rule.protocol !== 'http') {
        const message = 'Kong does not look into what is not told by methods and paths.';
        return [aboutOperation(callee, caller, rule, message)];
      }
      if (rule.conditions.length === 0) return [];
      const ids = rule.conditions.join(', ');
      const message = `Kong cannot ask the guardrails that look at the request: ${ids}.`;
      return [aboutOperation(callee, caller, rule, message)];
    }),
  );
}

/** A consumer for each identity, in a group of its own. */
function consumersOf(callees: readonly CalleeRules[]): Record<string, unknown>[] {
  const callers = callees.flatMap((callee) => callee.callers);
  const identities = new Set(callers.flatMap((caller) => caller.identities));
  return [...identities]
    .sort(compareText)
    .map((one) => ({ username: one, custom_id: one, acls: [{ group: one }] }));
}
