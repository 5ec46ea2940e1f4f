import { quote } from '../../../base/fault.ts';
import { entryOf, isFields, listAt, numberAt, pick, textAt } from '../../../base/pick.ts';
import type { NetworkPolicy, NetworkRule, PolicyTier } from '../../../estate/index.ts';
import { titleOf } from '../../mesh/verdict.ts';
import { complain, type Field, inside, sourceOf } from './field.ts';
import { toAdminPeers, toPodsOf } from './peers.ts';
import { toAdminPorts, toProtocolPorts } from './ports.ts';

const MAX_PRIORITY = 1_000;
/** The API's bound on the rules of each direction. */
const MAX_RULES = 100;

/** How each kind says what. */
interface Form {
  tierOf(spec: Field): PolicyTier | undefined;
  readonly actions: Readonly<Record<string, NetworkRule['action']>>;
  readonly hasPriority: boolean;
  ports(rule: Field): NetworkRule['ports'];
}

const FORMS: Record<string, Form> = {
  AdminNetworkPolicy: {
    tierOf: () => 'admin',
    actions: { Allow: 'allow', Deny: 'deny', Pass: 'pass' },
    hasPriority: true,
    ports: toAdminPorts,
  },
  BaselineAdminNetworkPolicy: {
    tierOf: () => 'baseline',
    actions: { Allow: 'allow', Deny: 'deny' },
    hasPriority: false,
    ports: toAdminPorts,
  },
  ClusterNetworkPolicy: {
    tierOf: tierIn,
    actions: { Accept: 'allow', Deny: 'deny', Pass: 'pass' },
    hasPriority: true,
    ports: toProtocolPorts,
  },
};

/** A policy of administrators: AdminNetworkPolicy and the BaselineAdminNetworkPolicy, or the ClusterNetworkPolicy that
 *  stands for both since v1alpha2.
 *  @see https://network-policy-api.sigs.k8s.io/reference/spec/ */
export function toAdminPolicy(object: Field): NetworkPolicy | undefined {
  const form = entryOf(FORMS, object.resource.kind);
  const spec = inside(object, pick(object.value, 'spec'), 'spec');
  const tier = form?.tierOf(spec);
  if (!form || !tier) return undefined;
  const priority = form.hasPriority ? priorityOf(spec) : 0;
  if (priority === undefined || !isNamedAsItMust(object)) return undefined;
  const subject = toPodsOf(inside(spec, pick(spec.value, 'subject'), 'subject'));
  return (
    subject && {
      title: titleOf({ ...object.resource, namespace: undefined }),
      tier,
      priority,
      subject,
      ingress: rulesOf(spec, 'ingress', form),
      egress: rulesOf(spec, 'egress', form),
      source: sourceOf(object),
    }
  );
}

function isNamedAsItMust(object: Field): boolean {
  const { kind, name } = object.resource;
  if (kind !== 'BaselineAdminNetworkPolicy' || name === 'default') return true;
  const message = `is named ${quote(name)}, and the one that a cluster may have \`default\`, so it was left out`;
  complain(inside(object, undefined, 'metadata', 'name'), 'error', 'policy-malformed', message);
  return false;
}

function tierIn(spec: Field): PolicyTier | undefined {
  const word = textAt(spec.value, 'tier') ?? '';
  const tier = entryOf<PolicyTier>({ Admin: 'admin', Baseline: 'baseline' }, word);
  if (tier) return tier;
  const message = `${quote(word)} is neither Admin nor Baseline, so the policy was left out`;
  complain(inside(spec, undefined, 'tier'), 'error', 'policy-malformed', message);
  return undefined;
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
  form: Form,
): readonly NetworkRule[] | undefined {
  const rules = listAt(spec.value, direction);
  if (rules.length > MAX_RULES) {
    const message = `holds ${rules.length} rules; those beyond ${MAX_RULES} were left out`;
    complain(inside(spec, undefined, direction), 'error', 'rules-too-many', message);
  }
  const read = rules
    .slice(0, MAX_RULES)
    .flatMap(
      (value, index) => toRule(inside(spec, value, direction, index), direction, form) ?? [],
    );
  return read.length > 0 ? read : undefined;
}

function toRule(rule: Field, direction: 'ingress' | 'egress', form: Form): NetworkRule | undefined {
  const word = isFields(rule.value) ? (textAt(rule.value, 'action') ?? '') : '';
  const action = entryOf(form.actions, word);
  if (action === undefined) {
    const wanted = Object.keys(form.actions).join(', ');
    const message = `${quote(word)} is none of ${wanted}, so the rule was left out`;
    complain(inside(rule, undefined, 'action'), 'error', 'policy-malformed', message);
    return undefined;
  }
  return {
    action,
    name: textAt(rule.value, 'name'),
    peers: toAdminPeers(rule, direction === 'ingress' ? 'from' : 'to'),
    ports: form.ports(rule),
    source: sourceOf(rule),
  };
}
