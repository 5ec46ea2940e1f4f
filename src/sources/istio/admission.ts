import { oncePer } from '../../base/once.ts';
import { listAt, pick, textAt, textsAt } from '../../base/pick.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { servicesSelecting } from '../kubernetes/selecting.ts';
import { matchesLabels } from '../kubernetes/selector.ts';
import { namespaceOf, type Workload } from '../kubernetes/workload.ts';
import { type Admission, titleOf } from '../mesh/verdict.ts';
import type { IstioFacts } from './facts.ts';
import { limitsOperations, operationsOf } from './operations.ts';
import { callersOf, hasOtherConditions, meansTokenless, sourcesOf } from './source-match.ts';

/** What the AuthorizationPolicies of a workload let in and keep out. Without any ALLOW policy
 *  everyone is let in; an ALLOW policy without rules lets in nobody. CUSTOM, AUDIT and dry-run
 *  policies enforce nothing that can be read here.
 *  @see https://istio.io/latest/docs/reference/config/security/authorization-policy/ */
export function admissionsOf(workload: Workload, facts: IstioFacts): readonly Admission[] {
  const policies = policiesFor(workload, facts);
  const admissions = policies.flatMap((policy) => admissionsByPolicy(policy, workload, facts));
  if (policies.some((policy) => actionOf(policy) === 'ALLOW')) return admissions;
  return [...admissions, tokenAdmission(policies) ?? defaultAdmission(workload)];
}

/** Where requests without a token are denied and no policy speaks of the others, a token is what
 *  lets a caller in. */
function tokenAdmission(policies: readonly Resource[]): Admission | undefined {
  for (const resource of policies) {
    if (actionOf(resource) !== 'DENY') continue;
    const index = listAt(resource.value, 'spec', 'rules').findIndex(
      (rule) =>
        listAt(rule, 'to').length === 0 && !hasOtherConditions(rule) && meansTokenless(rule),
    );
    if (index === -1) continue;
    return {
      effect: 'allow',
      layer: 'request',
      from: ['*token'],
      operations: ['*'],
      policy: titleOf(resource),
      at: { resource, path: ['spec', 'rules', index] },
    };
  }
  return undefined;
}

function defaultAdmission({ resource }: Workload): Admission {
  return {
    effect: 'allow',
    layer: 'request',
    from: ['*'],
    operations: ['*'],
    policy: 'default',
    at: { resource, path: ['metadata', 'name'] },
  };
}

function actionOf(policy: Resource): string {
  return textAt(policy.value, 'spec', 'action') ?? 'ALLOW';
}

function policiesFor(workload: Workload, facts: IstioFacts): Resource[] {
  const namespaces = new Set([facts.rootNamespace, namespaceOf(workload)]);
  return [...namespaces]
    .flatMap((namespace) => facts.authorizationPolicies.get(namespace) ?? [])
    .filter((policy) => selects(policy, workload, facts))
    .filter((policy) => policy.annotations['istio.io/dry-run'] !== 'true')
    .filter((policy) => ['ALLOW', 'DENY'].includes(actionOf(policy)));
}

function selects(policy: Resource, workload: Workload, facts: IstioFacts): boolean {
  const { refs, labels } = scopeOf(policy);
  if (refs.length > 0) return refs.some((ref) => targets(ref, policy, workload, facts));
  return matchesLabels(labels, workload.podLabels);
}

/** Each policy is asked about every workload of its namespace. */
const scopeOf = oncePer((policy: Resource) => {
  const single = pick(policy.value, 'spec', 'targetRef');
  return {
    refs: [...listAt(policy.value, 'spec', 'targetRefs'), ...(single ? [single] : [])],
    labels: textsAt(policy.value, 'spec', 'selector', 'matchLabels'),
  };
});

/** A policy on a Service holds at its waypoint; one on a Gateway does not concern workloads. */
function targets(ref: unknown, policy: Resource, workload: Workload, facts: IstioFacts): boolean {
  if (textAt(ref, 'kind') !== 'Service') return false;
  if (namespaceOf(policy) !== namespaceOf(workload)) return false;
  return servicesSelecting(facts.cluster, workload).some(
    ({ name }) => name === textAt(ref, 'name'),
  );
}

function admissionsByPolicy(policy: Resource, workload: Workload, facts: IstioFacts): Admission[] {
  const effect = actionOf(policy) === 'DENY' ? 'deny' : 'allow';
  const base = { effect, layer: 'request', policy: titleOf(policy) } as const;
  const rules = listAt(policy.value, 'spec', 'rules');
  if (rules.length === 0) {
    const at = { resource: policy, path: ['spec'] };
    return effect === 'deny' ? [] : [{ ...base, from: [], operations: [], at }];
  }
  return rules.flatMap((rule, index) => {
    if (effect === 'deny' && hasOtherConditions(rule)) return [];
    const from = [
      ...new Set(
        sourcesOf(rule).flatMap((demands) =>
          callersOf(demands, effect, namespaceOf(policy), facts.principals),
        ),
      ),
    ].sort();
    const operations = operationsOf(rule, effect, workload);
    if (effect === 'deny' && (from.length === 0 || operations.length === 0)) return [];
    const broad = effect === 'allow' ? breadthOf(from, operations, rule) : undefined;
    const at = { resource: policy, path: ['spec', 'rules', index] };
    return [{ ...base, from, operations, at, ...(broad && !isGateway(workload) && { broad }) }];
  });
}

function breadthOf(
  from: readonly string[],
  operations: readonly string[],
  rule: unknown,
): string | undefined {
  if (!operations.includes('*') || limitsOperations(rule) || hasOtherConditions(rule))
    return undefined;
  if (from.includes('*'))
    return 'lets in every caller, with an identity or without, to every operation';
  if (from.includes('*authenticated'))
    return 'lets in every workload of the mesh to every operation';
  return undefined;
}

/** What a gateway lets in is traffic from outside; who may enter is for its routes to say. */
export function isGateway({ podLabels, podAnnotations }: Workload): boolean {
  return (
    /gateway/.test(podLabels.istio ?? '') ||
    podAnnotations['inject.istio.io/templates'] === 'gateway' ||
    Object.hasOwn(podLabels, 'gateway.networking.k8s.io/gateway-name')
  );
}
