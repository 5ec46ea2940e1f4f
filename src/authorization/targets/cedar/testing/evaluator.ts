import {
  ENTITY_TYPES,
  endpointEntityJson,
  endpointIdOf,
  toGuardedEndpoint,
  unknownEndpointId,
} from '../../../guardrails/index.ts';
import { loadCedar, splitPolicies } from '../../../guardrails/language/index.ts';
import type { GuardContext, PolicyEndpoint, PolicyService } from '../../../model/index.ts';
import type { Compiled } from '../../compiled.ts';

/** What Cedar answers about one service and one endpoint. */
export interface CedarAnswer {
  readonly isPermitted: boolean;
  readonly forbidding: readonly string[];
  readonly failed: readonly string[];
}

/** One request of one caller's service for one endpoint. */
export interface CedarQuestion {
  readonly caller: PolicyService;
  readonly callee: PolicyService;
  readonly endpoint: PolicyEndpoint | undefined;
  readonly context: GuardContext;
  /** The method that it goes by. */
  readonly taken: string;
}

const NAME = 'cedar-target';

/** Cedar's own evaluator of a compiled policy, told nothing but its files. */
export class CedarTarget {
  readonly #entities: readonly { readonly uid: { readonly id: string } }[];

  constructor({ files }: Compiled) {
    const textOf = (path: string) => files.find((file) => file.path === path)?.text ?? '';
    this.#entities = JSON.parse(textOf('entities.json'));
    const staticPolicies: Record<string, string> = {};
    for (const { text } of splitPolicies(textOf('policies.cedar'))) {
      const answer = loadCedar().policyToJson(text);
      if (answer.type === 'failure') throw new Error(`${text}: ${JSON.stringify(answer.errors)}`);
      staticPolicies[answer.json.annotations?.id ?? ''] = text;
    }
    const parsed = loadCedar().preparsePolicySet(NAME, { staticPolicies });
    if (parsed.type === 'failure') throw new Error(JSON.stringify(parsed.errors));
  }

  ask({ caller, callee, endpoint, context, taken }: CedarQuestion): CedarAnswer {
    const id = endpoint === undefined ? unknownEndpointId(callee) : endpointIdOf(endpoint);
    const asked = [caller.id, callee.id, id];
    const added = toGuardedEndpoint({ callee, endpoint: undefined }, context);
    const answer = loadCedar().statefulIsAuthorized({
      principal: { type: ENTITY_TYPES.service, id: caller.id },
      action: { type: ENTITY_TYPES.action, id: 'call' },
      resource: { type: ENTITY_TYPES.endpoint, id },
      context: { ...context, taken },
      preparsedPolicySetId: NAME,
      // Cedar reads them each time, so it is given those that matter.
      entities: [
        ...this.#entities.filter(({ uid }) => asked.includes(uid.id)),
        ...(endpoint === undefined ? [endpointEntityJson(id, added)] : []),
      ] as never,
    });
    if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
    const { decision, diagnostics } = answer.response;
    return {
      isPermitted: decision === 'allow',
      forbidding: decision === 'allow' ? [] : diagnostics.reason.sort(),
      failed: diagnostics.errors.map(({ policyId }) => policyId).sort(),
    };
  }
}
