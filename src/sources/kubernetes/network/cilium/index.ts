import { isFields, listAt, pick } from '../../../../base/pick.ts';
import type { NetworkPolicy, NetworkRule, NetworkWorkload } from '../../../../estate/index.ts';
import { titleOf } from '../../../mesh/verdict.ts';
import { namespaceOf } from '../../lookup.ts';
import { complain, type Field, inside, sourceOf } from '../field.ts';
import { toCiliumPeers } from './peers.ts';
import { toCiliumPorts } from './ports.ts';
import { ACCOUNT_LABEL, toEndpoints } from './selector.ts';

const CLUSTER_WIDE = 'CiliumClusterwideNetworkPolicy';

/** What a policy of Cilium says of addresses and ports, as policies beside NetworkPolicies: they add up, and what one
 *  denies no other allows. Requests are not looked at here. Each direction is a policy of its own, for each may isolate
 *  or not.
 *  @see https://docs.cilium.io/en/stable/security/policy/ */
export function toCiliumPolicies(object: Field): readonly NetworkPolicy[] {
  const single = pick(object.value, 'spec');
  const specs = listAt(object.value, 'specs');
  return [
    ...(isFields(single) ? [inside(object, single, 'spec')] : []),
    ...specs.map((spec, index) => inside(object, spec, 'specs', index)),
  ].flatMap(toPolicies);
}

/** Cilium knows the service account of a pod by a label. */
export function withAccountLabels(
  workloads: readonly NetworkWorkload[],
): readonly NetworkWorkload[] {
  return workloads.map((workload) => ({
    ...workload,
    labels: { ...workload.labels, [ACCOUNT_LABEL]: workload.serviceAccount },
  }));
}

function toPolicies(spec: Field): readonly NetworkPolicy[] {
  const { resource } = spec;
  const home = resource.kind === CLUSTER_WIDE ? undefined : namespaceOf(resource);
  const selector = pick(spec.value, 'endpointSelector');
  if (!isFields(selector)) {
    const message = 'selects no endpoints, so it was left out: nodes are not judged';
    complain(spec, 'note', 'nodes-not-judged', message);
    return [];
  }
  const subject = toEndpoints(inside(spec, selector, 'endpointSelector'), home);
  if (!subject) return [];
  return (['ingress', 'egress'] as const).flatMap((direction): NetworkPolicy[] => {
    const rules = rulesOf(spec, direction, home);
    if (rules.length === 0) return [];
    const isolates = pick(spec.value, 'enableDefaultDeny', direction) !== false;
    return [
      {
        title: titleOf({ ...resource, namespace: home }),
        tier: 'network',
        priority: 0,
        subject,
        ...(!isolates && { isolates }),
        ingress: direction === 'ingress' ? rules : undefined,
        egress: direction === 'egress' ? rules : undefined,
        source: sourceOf(spec),
      },
    ];
  });
}

function rulesOf(
  spec: Field,
  direction: 'ingress' | 'egress',
  home: string | undefined,
): readonly NetworkRule[] {
  const lists = [
    { list: direction, action: 'allow' },
    { list: `${direction}Deny`, action: 'deny' },
  ] as const;
  return lists.flatMap(({ list, action }) =>
    listAt(spec.value, list).map((value, index): NetworkRule => {
      const rule = inside(spec, value, list, index);
      return {
        action,
        name: undefined,
        peers: toCiliumPeers(rule, direction, home),
        ports: toCiliumPorts(rule),
        source: sourceOf(rule),
      };
    }),
  );
}
