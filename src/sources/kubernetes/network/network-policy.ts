import { quote } from '../../../base/fault.ts';
import { isFields, listAt, pick } from '../../../base/pick.ts';
import type { NetworkPolicy, NetworkRule } from '../../../estate/index.ts';
import { titleOf } from '../../mesh/verdict.ts';
import { namespaceOf } from '../lookup.ts';
import { complain, type Field, inside, sourceOf } from './field.ts';
import { toPeers } from './peers.ts';
import { toPorts } from './ports.ts';
import { namespaceNamed, toSelector } from './selector.ts';

const DIRECTIONS = {
  ingress: { type: 'Ingress', list: 'from' },
  egress: { type: 'Egress', list: 'to' },
} as const;
type Direction = keyof typeof DIRECTIONS;

/** A NetworkPolicy. One whose selector would be refused is about nobody.
 *  @see Kubernetes API, networking.k8s.io/v1 NetworkPolicySpec */
export function toNetworkPolicy(object: Field): NetworkPolicy | undefined {
  const namespace = namespaceOf(object.resource);
  const spec = inside(object, pick(object.value, 'spec'), 'spec');
  if (!isFields(spec.value)) {
    complain(object, 'error', 'policy-malformed', 'has no spec, so it was left out');
    return undefined;
  }
  const pods = toSelector(inside(spec, pick(spec.value, 'podSelector'), 'podSelector'));
  const types = typesOf(spec);
  return (
    pods && {
      title: titleOf({ ...object.resource, namespace }),
      tier: 'network',
      priority: 0,
      subject: { namespaces: namespaceNamed(namespace), pods },
      ingress: types.has('Ingress') ? rulesOf(spec, 'ingress', namespace) : undefined,
      egress: types.has('Egress') ? rulesOf(spec, 'egress', namespace) : undefined,
      source: sourceOf(object),
    }
  );
}

/** Without types a policy is about ingress, and about egress where it has such rules. */
function typesOf(spec: Field): ReadonlySet<string> {
  const listed = listAt(spec.value, 'policyTypes');
  if (listed.length === 0) {
    return new Set(listAt(spec.value, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
  }
  listed.forEach((type, index) => {
    if (type === 'Ingress' || type === 'Egress') return;
    const field = inside(spec, type, 'policyTypes', index);
    complain(field, 'error', 'policy-malformed', `${quote(type)} is neither Ingress nor Egress`);
  });
  const types = new Set(listed.map(String));
  for (const direction of ['ingress', 'egress'] as const) {
    if (types.has(DIRECTIONS[direction].type) || listAt(spec.value, direction).length === 0)
      continue;
    const message = `has rules of ${direction}, which count for nothing: policyTypes leaves ${direction} out`;
    complain(inside(spec, undefined, direction), 'warning', 'rules-without-type', message);
  }
  return types;
}

function rulesOf(spec: Field, direction: Direction, namespace: string): readonly NetworkRule[] {
  return listAt(spec.value, direction).map((value, index) => {
    const rule = inside(spec, value, direction, index);
    return {
      action: 'allow',
      name: undefined,
      peers: toPeers(rule, DIRECTIONS[direction].list, namespace),
      ports: toPorts(rule),
      source: sourceOf(rule),
    };
  });
}
