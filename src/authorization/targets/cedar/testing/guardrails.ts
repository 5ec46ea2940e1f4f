import fc from 'fast-check';
import { readGuardrails } from '../../../guardrails/index.ts';
import { loadCedar } from '../../../guardrails/language/index.ts';
import { arbitraryPolicy as arbitraryCedarPolicy } from '../../../guardrails/testing/policies.ts';
import type { Guardrail } from '../../../model/index.ts';

/** Guardrails about estates of `engine/testing`: that forbid, that fail, that look at the request, and that cannot be
 *  used. */
const WRITTEN = [
  'forbid(principal, action, resource) when { resource.sensitivity.contains("pii") } unless { principal in Reeve::Group::"checkout" };',
  'forbid(principal in Reeve::Team::"team-orders", action, resource) when { resource.service.exposure == "internet" };',
  'forbid(principal, action, resource) when { context.proof == "token" && !resource.known };',
  'forbid(principal, action, resource) when { context.method == "DELETE" } unless { principal has owner && resource.service has owner && principal.owner == resource.service.owner };',
  'forbid(principal == Reeve::Service::"dev/shop/orders", action, resource in Reeve::Service::"dev/shop/payments");',
  'forbid(principal, action, resource) when { resource.deprecated };',
  'forbid(principal, action, resource) when { context.path like "/a/*" && context.protocol == "http" };',
  'forbid(principal, action, resource) when { resource.template like "*{id}*" && 9007199254740991 * 9007199254740991 > 1 };',
  'forbid(principal, action, resource) when { resource.method == "ANY" && resource has criticality };',
  'forbid(principal, action, resource == Reeve::Endpoint::"dev/shop/payments http GET /a");',
];
const UNUSABLE = 'forbid(principal, action, resource) when { principal.nothing };';

const written = fc
  .uniqueArray(fc.constantFrom(...WRITTEN), { maxLength: 3 })
  .chain((texts) => fc.nat(20).map((one) => (one === 7 ? [...texts, UNUSABLE] : texts)))
  .map((texts) => readGuardrails([{ path: 'w.cedar', text: texts.join('\n') }]).guardrails);

/** Whatever Cedar can say, well typed or not. */
const made = fc.array(arbitraryCedarPolicy, { maxLength: 2 }).map((policies) =>
  policies.map((json, index): Guardrail => {
    const answer = loadCedar().policyToText(json as never);
    if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
    const id = `made-${index}`;
    return { id, reason: undefined, file: 'm.cedar', line: 1, text: answer.text, json };
  }),
);

export const arbitraryGuardrails: fc.Arbitrary<Guardrail[]> = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: written }, { weight: 1, arbitrary: fc.constant([]) }),
    fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: made }),
  )
  .map((all) => all.flat());
