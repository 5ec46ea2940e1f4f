import { compareText } from '../../../base/diagnostic.ts';
import type { CalleeRules, PolicyService } from '../../model/index.ts';
import { placeProblems, podGroupsOf } from '../callees.ts';
import type { Notice, TargetContext } from '../compiled.ts';
import { labelSelector, type Manifest, metadataOf, nameOf } from '../manifests.ts';
import { peerOf, portsOf } from './peers.ts';

/** Which callees connections of each service may go to. */
export interface Egress {
  /** By the ids of callers: the callees, by id. */
  readonly calleesOf: ReadonlyMap<string, readonly PolicyService[]>;
  /** Callees in shadow mode: everybody may go there. */
  readonly open: readonly PolicyService[];
  readonly notices: readonly Notice[];
}

/** Turns who may call a service into whom a service may call. */
export function egressOf(callees: readonly CalleeRules[], context: TargetContext): Egress {
  const calleesOf = new Map<string, PolicyService[]>();
  const notices: Notice[] = [];
  for (const { service, mode, callers } of callees) {
    if (callers.length === 0) continue;
    for (const problem of placeProblems(context.placements.get(service.id))) {
      const message = `Its callers are not let out to it: ${problem}.`;
      notices.push({ service: service.id, effect: 'denied', message });
    }
    if (mode === 'shadow') continue;
    for (const caller of callers.flatMap(({ services }) => services)) {
      const list = calleesOf.get(caller.id);
      if (list) list.push(service);
      else calleesOf.set(caller.id, [service]);
    }
  }
  const open = callees.filter(({ mode }) => mode === 'shadow').map(({ service }) => service);
  return { calleesOf, open, notices };
}

/** Names are looked up at the DNS of the cluster.
 *  @see https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/ */
const DNS = {
  to: [peerOf('', 'kube-system', { matchLabels: { 'k8s-app': 'kube-dns' }, absent: [] })],
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};

/** What every pod of a namespace may connect to. */
export function egressOfAll(
  { environment, namespace }: { readonly environment: string; readonly namespace: string },
  { open }: Egress,
  context: TargetContext,
): unknown[] {
  const near = open.filter((callee) => callee.environment === environment);
  return [DNS, ...near.flatMap((callee) => rulesTo(namespace, callee, context))];
}

function rulesTo(home: string, callee: PolicyService, { placements }: TargetContext): unknown[] {
  const placement = placements.get(callee.id);
  if (!placement) return [];
  return podGroupsOf(callee.name, placement).map((group) => ({
    to: [peerOf(home, placement.namespace, group.selector)],
    ...portsOf(group),
  }));
}

/** The policies of one caller. */
export function egressPolicies(
  caller: PolicyService,
  { calleesOf }: Egress,
  context: TargetContext,
): Manifest[] {
  const callees = calleesOf.get(caller.id) ?? [];
  const placement = context.placements.get(caller.id);
  if (!placement || callees.length === 0) return [];
  const { namespace } = placement;
  const egress = callees
    .filter(({ environment }) => environment === caller.environment)
    .toSorted((a, b) => compareText(a.id, b.id))
    .flatMap((callee) => rulesTo(namespace, callee, context));
  if (egress.length === 0) return [];
  return podGroupsOf(caller.name, placement).map(({ parts, selector }) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(namespace, `egress.${nameOf(...parts)}`),
    spec: { podSelector: labelSelector(selector), policyTypes: ['Egress'], egress },
  }));
}
