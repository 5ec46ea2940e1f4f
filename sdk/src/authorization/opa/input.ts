import type { Question } from '../decision.ts';

/** What a policy sees as `input`. Undefined parts are null, so that policies can tell them from
 *  misspelt ones. */
export function toInput({ caller, method, path, template, service }: Question) {
  return {
    caller: caller
      ? {
          spiffe_id: caller.spiffeId,
          trust_domain: caller.trustDomain,
          path: caller.path,
          proof: caller.proof,
        }
      : null,
    method,
    path,
    template: template ?? null,
    service: service ?? null,
  };
}
