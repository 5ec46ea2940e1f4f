import { compareText } from '../../../base/diagnostic.ts';
import type { CalleeRules } from '../../model/index.ts';
import { calleesOf, filePathOf, namespacesOf, noticesOfPlace } from '../callees.ts';
import type { Compiled, Notice, TargetContext } from '../compiled.ts';
import { type Manifest, metadataOf, toYamlFile } from '../manifests.ts';
import { type Egress, egressOf, egressOfAll, egressPolicies } from './egress.ts';
import { ingressPolicies, noticesOfCallers, noticesOfPorts } from './ingress.ts';

/** NetworkPolicies: nothing reaches the pods of these namespaces but connections from the pods of callers that are let
 *  in to anything, on the ports that their callee listens on. Who a caller is goes by labels.
 *  @see https://kubernetes.io/docs/concepts/services-networking/network-policies/ */
export function compileNetworkPolicy(
  rules: readonly CalleeRules[],
  context: TargetContext,
): Compiled {
  const callees = calleesOf(rules, context);
  const egress = context.egress ? egressOf(callees, context) : undefined;
  const compiled = callees.map((callee) => compileCallee(callee, egress, context));
  const defaults = namespacesOf(callees, context).flatMap(({ path, environment, namespace }) =>
    toYamlFile(path, [defaultDeny({ environment, namespace }, egress, context)]),
  );
  return {
    files: [...defaults, ...compiled.flatMap(({ files }) => files)].sort((a, b) =>
      compareText(a.path, b.path),
    ),
    notices: [BY_LABELS, ...compiled.flatMap(({ notices }) => notices), ...(egress?.notices ?? [])],
  };
}

const BY_LABELS: Notice = {
  effect: 'left',
  message:
    'Callers prove nothing: they go by the namespace and the labels of their pods, so bound who may run pods there.',
};

function defaultDeny(
  home: { readonly environment: string; readonly namespace: string },
  egress: Egress | undefined,
  context: TargetContext,
): Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(home.namespace, 'reeve'),
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', ...(egress ? ['Egress'] : [])],
      ...(egress && { egress: egressOfAll(home, egress, context) }),
    },
  };
}

function compileCallee(
  callee: CalleeRules,
  egress: Egress | undefined,
  context: TargetContext,
): Compiled {
  const { service } = callee;
  const placement = context.placements.get(service.id);
  const ingress = placement ? ingressPolicies(callee, placement, context) : [];
  const outgoing = egress ? egressPolicies(service, egress, context) : [];
  return {
    files: toYamlFile(filePathOf(service), [...ingress, ...outgoing]),
    notices: [
      ...noticesOfPlace(callee, placement),
      ...(placement ? noticesOfPorts(callee, placement) : []),
      ...noticesOfCallers(callee, context),
    ],
  };
}
