import { compareText } from '../../../base/diagnostic.ts';
import type { NetworkPort } from '../../../estate/index.ts';
import type { CalleeRules, CallerRules } from '../../model/index.ts';
import { accountsOf } from '../accounts.ts';
import {
  aboutCaller,
  calleesOf,
  FLATTENED,
  filePathOf,
  isSaidByConnections,
  namespacesOf,
  noticesOfPlace,
  type PodGroup,
  podGroupsOf,
} from '../callees.ts';
import type { Compiled, Notice, TargetContext } from '../compiled.ts';
import { OF_EVERY_PATH } from '../http-notices.ts';
import { labelSelector, type Manifest, metadataOf, nameOf, toYamlFile } from '../manifests.ts';
import { type HttpMatch, httpMatchesOf } from './http.ts';

const TYPE = { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy' } as const;
/** Of one `toPorts`. */
const MAX_PORTS = 40;

/** CiliumNetworkPolicies: nothing reaches the pods of these namespaces but callers that have proved to be of an account
 *  that is let in, with requests that it is let in to.
 *  @see https://docs.cilium.io/en/stable/security/policy/ */
export function compileCilium(rules: readonly CalleeRules[], context: TargetContext): Compiled {
  const callees = calleesOf(rules, context);
  const compiled = callees.map((callee) => compileCallee(callee, context));
  const defaults = namespacesOf(callees, context).flatMap(({ path, namespace }) =>
    toYamlFile(path, [policy(namespace, 'reeve', {}, [{}])]),
  );
  return {
    files: [...defaults, ...compiled.flatMap(({ files }) => files)].sort((a, b) =>
      compareText(a.path, b.path),
    ),
    notices: [...OF_EVERY_PATH, ...compiled.flatMap(({ notices }) => notices)],
  };
}

/** An empty rule in `ingress` lets nobody in, and ends the state in which everybody is. */
function policy(
  namespace: string,
  name: string,
  endpointSelector: Readonly<Record<string, unknown>>,
  ingress: readonly unknown[],
): Manifest {
  return { ...TYPE, metadata: metadataOf(namespace, name), spec: { endpointSelector, ingress } };
}

function compileCallee(callee: CalleeRules, context: TargetContext): Compiled {
  const { service, mode } = callee;
  const placement = context.placements.get(service.id);
  const notices = noticesOfPlace(callee, placement);
  if (!placement) return { files: [], notices };
  const groups = podGroupsOf(service.name, placement);
  const callers = mode === 'shadow' ? [] : callee.callers.map((one) => said(callee, one, context));
  const manifests = groups.flatMap((group) => {
    const ingress =
      mode === 'shadow'
        ? [{ fromEntities: ['all'] }]
        : callers.flatMap((one) => ruleOf(one, group));
    if (ingress.length === 0) return [];
    const selector = labelSelector(group.selector);
    return [policy(placement.namespace, nameOf(...group.parts), selector, ingress)];
  });
  return {
    files: toYamlFile(filePathOf(service), manifests),
    notices: [...notices, ...callers.flatMap((one) => one.notices)],
  };
}

/** What is said of a caller: who it is, and what it may ask for; `undefined` for anything at all. */
interface SaidCaller {
  readonly endpoints: readonly unknown[];
  readonly http: readonly HttpMatch[] | undefined;
  readonly notices: readonly Notice[];
}

function said(callee: CalleeRules, caller: CallerRules, context: TargetContext): SaidCaller {
  const { accounts, others } = accountsOf(caller, context);
  const endpoints = accounts.map(({ namespace, name }) => ({
    matchLabels: {
      'k8s:io.kubernetes.pod.namespace': namespace,
      'k8s:io.cilium.k8s.policy.serviceaccount': name,
    },
  }));
  const strangers = others.map((identity) =>
    aboutCaller(callee, caller, 'denied', `Cilium does not know ${identity}, so it is denied.`),
  );
  if (callee.service.kind === 'datastore') {
    const flattened = isSaidByConnections(callee, caller)
      ? []
      : [aboutCaller(callee, caller, 'left', FLATTENED)];
    return { endpoints, http: undefined, notices: [...strangers, ...flattened] };
  }
  const { matches, notices } = httpMatchesOf(callee, caller);
  return { endpoints, http: matches, notices: [...strangers, ...notices] };
}

function ruleOf({ endpoints, http }: SaidCaller, { ports }: PodGroup): unknown[] {
  // An empty list of requests would let all of them in.
  if (endpoints.length === 0 || http?.length === 0) return [];
  const usable = http ? ports.filter(({ transport }) => transport === 'TCP') : ports;
  if (usable.length === 0) return [];
  return [
    {
      fromEndpoints: endpoints,
      authentication: { mode: 'required' },
      toPorts: chunks(usable).map((some) => ({
        ports: some.map(toPort),
        ...(http && { rules: { http } }),
      })),
    },
  ];
}

const toPort = ({ number, transport }: Omit<NetworkPort, 'name'>) => ({
  port: String(number),
  protocol: transport,
});

function chunks<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / MAX_PORTS);
  return Array.from({ length: count }, (_, at) =>
    items.slice(at * MAX_PORTS, (at + 1) * MAX_PORTS),
  );
}
