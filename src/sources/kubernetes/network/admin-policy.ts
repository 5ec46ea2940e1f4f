import { quote } from '../../../base/fault.ts';
import { entryOf, isFields, listAt, numberAt, pick, textAt } from '../../../base/pick.ts';
import type { NetworkPolicy, NetworkRule, PolicyTier } from '../../../estate/index.ts';
import { titleOf } from '../../mesh/verdict.ts';
import { complain, type Field, inside, sourceOf } from './field.ts';
import { toAdminPeers, toPodsOf } from './peers.ts';
import { toAdminPorts } from './ports.ts';

const MAX_PRIORITY = 1_000;
/** The API's bound on the rules of each direction. */
const MAX_RULES = 100;

const ACTIONS: Record<PolicyTier, Record<string, NetworkRule['action']>> = {
  admin: { Allow: 'allow', Deny: 'deny', Pass: 'pass' },
  network: {},
  baseline: { Allow: 'allow', Deny: 'deny' },
};

/** An AdminNetworkPolicy, or the BaselineAdminNetworkPolicy.
 *  @see https://network-policy-api.sigs.k8s.io/reference/spec/ (v1alpha1) */
export function toAdminPolicy(object: Field): NetworkPolicy | undefined {
  const tier = object.resource.kind === 'AdminNetworkPolicy' ? 'admin' : 'baseline';
  const spec = inside(object, pick(object.value, 'spec'), 'spec');
  const priority = tier === 'admin' ? priorityOf(spec) : 0;
  if (priority === undefined) return undefined;
  if (tier === 'baseline' && object.resource.name !== 'default') {
    const message = `is named ${quote(object.resource.name)}: the one that a cluster may have is named \`default\``;
    complain(
      inside(object, undefined, 'metadata', 'name'),
      'error',
      'policy-malformed',
      `${message}, so it was left out`,
    );
    return undefined;
  }
  const subject = toPodsOf(inside(spec, pick(spec.value, 'subject'), 'subject'));
  return (
    subject && {
      title: titleOf({ ...object.resource, namespace: undefined }),
      tier,
      priority,
      subject,
      ingress: rulesOf(spec, 'ingress', tier),
      egress: rulesOf(spec, 'egress', tier),
      source: sourceOf(object),
    }
  );
}

function priorityOf(spec: Field): number | undefined {
  const priority = numberAt(spec.value, 'priority');
  if (
    Number.isInteger(priority) &&
    priority !== undefined &&
    priority >= 0 &&
    priority <= MAX_PRIORITY
  ) {
    return priority;
  }
  const field = inside(spec, undefined, 'priority');
  const message = `needs a priority from 0 to ${MAX_PRIORITY}, so it was left out`;
  complain(field, 'error', 'policy-malformed', message);
  return undefined;
}

function rulesOf(
  spec: Field,
  direction: 'ingress' | 'egress',
  tier: PolicyTier,
): readonly NetworkRule[] | undefined {
  const rules = listAt(spec.value, direction);
  if (rules.length > MAX_RULES) {
    const message = `holds ${rules.length} rules; those beyond ${MAX_RULES} were left out`;
    complain(inside(spec, undefined, direction), 'error', 'rules-too-many', message);
  }
  const read = rules
    .slice(0, MAX_RULES)
    .flatMap(
      (value, index) => toRule(inside(spec, value, direction, index), direction, tier) ?? [],
    );
  return read.length > 0 ? read : undefined;
}

function toRule(
  rule: Field,
  direction: 'ingress' | 'egress',
  tier: PolicyTier,
): NetworkRule | undefined {
  const word = isFields(rule.value) ? (textAt(rule.value, 'action') ?? '') : '';
  const action = entryOf(ACTIONS[tier], word);
  if (action === undefined) {
    const wanted = Object.keys(ACTIONS[tier]).join(', ');
    const field = inside(rule, undefined, 'action');
    complain(
      field,
      'error',
      'policy-malformed',
      `${quote(word)} is none of ${wanted}, so the rule was left out`,
    );
    return undefined;
  }
  return {
    action,
    name: textAt(rule.value, 'name'),
    peers: toAdminPeers(rule, direction === 'ingress' ? 'from' : 'to'),
    ports: toAdminPorts(rule),
    source: sourceOf(rule),
  };
}
