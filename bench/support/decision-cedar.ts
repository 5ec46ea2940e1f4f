import { createRequire } from 'node:module';
import type * as Wasm from '@cedar-policy/cedar-wasm';
import type { Policy, Question } from '../../src/authorization/model/index.ts';

const require = createRequire(import.meta.url);

/** Cedar's own evaluator with a policy of its own for each declared call. It knows no paths, and so is asked about the
 *  operation that was found for it. */
export function openCedar(policy: Policy): {
  isAllowed(question: Question, operation: string | undefined): boolean;
} {
  const cedar: typeof Wasm = require('@cedar-policy/cedar-wasm/nodejs');
  const staticPolicies = Object.fromEntries(
    policy.grants.map(({ from, to, operation }, number) => [
      `call-${number}`,
      `permit(principal == Service::${JSON.stringify(from)}, action == Action::"call", resource == Endpoint::${JSON.stringify(`${to} ${operation}`)});`,
    ]),
  );
  const parsed = cedar.preparsePolicySet('calls', { staticPolicies });
  if (parsed.type === 'failure') throw new Error(parsed.errors[0]?.message);
  const serviceOf = new Map(
    policy.services.flatMap(({ id, identities }) => identities.map((one) => [one, id] as const)),
  );
  return {
    isAllowed({ caller = '', service }, operation) {
      const answer = cedar.statefulIsAuthorized({
        principal: { type: 'Service', id: serviceOf.get(caller) ?? '' },
        action: { type: 'Action', id: 'call' },
        resource: { type: 'Endpoint', id: `${service} ${operation}` },
        context: {},
        entities: [],
        preparsedPolicySetId: 'calls',
      });
      if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
      return answer.response.decision === 'allow';
    },
  };
}
