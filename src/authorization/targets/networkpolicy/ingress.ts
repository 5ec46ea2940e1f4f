import type { CalleeRules, PolicyService } from '../../model/index.ts';
import {
  aboutCaller,
  FLATTENED,
  isSaidByConnections,
  type PodGroup,
  placeProblems,
  podGroupsOf,
} from '../callees.ts';
import type { Notice, Placement, TargetContext } from '../compiled.ts';
import { labelSelector, type Manifest, metadataOf, nameOf } from '../manifests.ts';
import { type Peer, peerOf, portsOf } from './peers.ts';

/** What lets callers in to the pods of a callee; none where nobody is let in, as the default keeps everybody out. */
export function ingressPolicies(
  { service, mode, callers }: CalleeRules,
  placement: Placement,
  { placements }: TargetContext,
): Manifest[] {
  const peers = callers
    .flatMap(({ services }) => services)
    .flatMap((caller) => peersOf(service, caller, placements));
  return podGroupsOf(service.name, placement).flatMap((group) => {
    if (mode === 'shadow') return [toPolicy(placement, group, [{}])];
    if (peers.length === 0) return [];
    return [toPolicy(placement, group, [{ from: peers, ...portsOf(group) }])];
  });
}

function toPolicy(
  { namespace }: Placement,
  { parts, selector }: PodGroup,
  ingress: readonly unknown[],
): Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(namespace, nameOf(...parts)),
    spec: { podSelector: labelSelector(selector), policyTypes: ['Ingress'], ingress },
  };
}

function peersOf(
  callee: PolicyService,
  caller: PolicyService,
  placements: TargetContext['placements'],
): Peer[] {
  const placement = placements.get(caller.id);
  if (!placement || caller.environment !== callee.environment) return [];
  return podGroupsOf(caller.name, placement).map(({ selector }) =>
    peerOf(callee.namespace, placement.namespace, selector),
  );
}

/** What is to say of the callers of a callee. */
export function noticesOfCallers(callee: CalleeRules, { placements }: TargetContext): Notice[] {
  if (callee.mode === 'shadow') return [];
  return callee.callers.flatMap((caller) =>
    caller.services.flatMap((service): Notice[] => {
      const about = (effect: Notice['effect'], message: string): Notice => ({
        ...aboutCaller(callee, caller, effect, message),
        caller: service.id,
      });
      const problems = callerProblems(callee.service, service, placements);
      return [
        ...(isSaidByConnections(callee, caller) ? [] : [about('left', FLATTENED)]),
        ...problems.map((problem) => about('denied', `It is denied: ${problem}.`)),
      ];
    }),
  );
}

function callerProblems(
  callee: PolicyService,
  caller: PolicyService,
  placements: TargetContext['placements'],
): string[] {
  if (caller.environment !== callee.environment) return ['it runs in another environment'];
  return placeProblems(placements.get(caller.id));
}

/** That every port is open where none is known. */
export function noticesOfPorts({ service, callers }: CalleeRules, placement: Placement): Notice[] {
  if (callers.length === 0) return [];
  return podGroupsOf(service.name, placement).flatMap(({ ports, name }): Notice[] =>
    ports.length > 0
      ? []
      : [
          {
            service: service.id,
            effect: 'left',
            message: `No port of ${name} is declared: its callers are let in to every one.`,
          },
        ],
  );
}
