import { oncePer } from '../../../base/once.ts';
import type { Guardrail, Policy, PolicyService } from '../../model/index.ts';
import { PolicyIndex } from './policy-index.ts';

/** The part of a policy that decides calls of some services: an engine over it answers every question about them as one
 *  over the whole policy does, in the same words. */
export interface PolicySlice extends Policy {
  /** Ids of the services that calls are decided of. */
  readonly callees: readonly string[];
  /** Callees, and callers of which guardrails may ask something. */
  readonly services: readonly PolicyService[];
  /** SPIFFE IDs of every service that there is, by its id: one value for all slices of a policy. */
  readonly names: Names;
}

export type Names = ReadonlyMap<string, readonly string[]>;

/** What decides calls of these services; those that the policy does not know are left out.
 *
 *  Of callees there are endpoints and all grants; of whoever has a grant, and of all that share an identity with one of
 *  those, what guardrails see. Every other service is there by its name and its identities alone: so that it is told
 *  apart from a caller whom nobody knows. */
export function sliceOf(policy: Policy, calleeIds: Iterable<string>): PolicySlice {
  const index = indexOf(policy);
  const callees = [...new Set(calleeIds)].filter((id) => index.service(id) !== undefined);
  const grants = callees.flatMap((id) => index.grantsTo(id));
  const callers = index.sharingWith(new Set(grants.map(({ from }) => from)));
  return {
    callees,
    names: index.names,
    services: [...new Set([...callees, ...callers])].flatMap((id) => index.service(id) ?? []),
    endpoints: callees.flatMap((id) => index.endpointsOf(id)),
    grants,
    guardrails: policy.guardrails.map(withoutText),
  };
}

/** The ids of the services that one of these SPIFFE IDs proves to be. */
export function servicesOf(policy: Policy, spiffeIds: readonly string[]): string[] {
  const index = indexOf(policy);
  return [...new Set(spiffeIds.flatMap((spiffeId) => index.servicesOf(spiffeId)))];
}

/** A slice as a policy, for an engine. */
export function toPolicy({ services, names, endpoints, grants, guardrails }: PolicySlice): Policy {
  const known = new Set(services.map(({ id }) => id));
  const others = [...names].filter(([id]) => !known.has(id));
  const strangers = others.map(([id, identities]) => stranger(id, identities));
  return { services: [...services, ...strangers], endpoints, grants, guardrails };
}

const indexOf = oncePer((policy: Policy) => new PolicyIndex(policy));

/** Where decisions are made nobody reads guardrails. */
const withoutText = oncePer((guardrail: Guardrail): Guardrail => ({ ...guardrail, text: '' }));

/** A service of which nothing is asked but who it is. */
function stranger(id: string, identities: readonly string[]): PolicyService {
  const [environment = '', namespace = '', ...name] = id.split('/');
  return {
    ...{ id, environment, namespace, name: name.join('/'), identities, kind: 'workload' },
    ...{ owner: undefined, criticality: undefined, sensitivity: [], exposure: 'internal' },
    ...{ groups: [], mode: 'enforce' },
  };
}
