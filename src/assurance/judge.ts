import type { Endpoint, EndpointTraffic, JudgedEstate, Records } from '../estate/index.ts';
import { judgeCalls } from '../identity/index.ts';
import {
  declareEverywhere,
  gatesOf,
  reconcile,
  type Stages,
  sideBySide,
} from '../inventory/index.ts';
import { governCredential } from '../secrets/index.ts';
import { answer, type JudgedParts } from './answers.ts';
import { findFailures } from './findings.ts';
import { toServices } from './services.ts';

export interface JudgeOptions {
  /** An endpoint that was not called for this many days is no longer called; 30 where not said. */
  readonly activeDays?: number;
  /** What environments are for whose names do not tell. */
  readonly stages?: Stages;
}

export const DEFAULT_ACTIVE_DAYS = 30;

/** Judges all that is known: the status of each endpoint, the authentication of each call, the
 *  government of each credential, every finding, and the three answers.
 *  @param now RFC 3339, UTC
 *  @param traffic what was counted, by the endpoint ids of facts */
export function judge(
  records: Records,
  now: string,
  traffic: ReadonlyMap<string, EndpointTraffic> = new Map(),
  { activeDays = DEFAULT_ACTIVE_DAYS, stages = {} }: JudgeOptions = {},
): JudgedEstate {
  const { estate, productionOnly } = reconciled(records, now, traffic, { activeDays, stages });
  const findings = findFailures(records, estate, { now, activeDays, productionOnly });
  return { ...estate, findings, answers: answer(estate) };
}

/** What is judged of services, endpoints, calls and credentials, and neither findings nor answers: as much as a policy
 *  is made of.
 *  @param now RFC 3339, UTC */
export function judgeParts(records: Records, now: string): JudgedParts {
  const options = { activeDays: DEFAULT_ACTIVE_DAYS, stages: {} };
  return reconciled(records, now, new Map(), options).estate;
}

function reconciled(
  records: Records,
  now: string,
  traffic: ReadonlyMap<string, EndpointTraffic>,
  { activeDays, stages }: Required<JudgeOptions>,
) {
  const byId = new Map(records.services.map((service) => [service.id, service]));
  const calls = judgeCalls(records.calls, records.services);
  const gates = gatesOf({
    services: records.services
      .filter(({ kind }) => kind !== 'external')
      .map(({ id, routes }) => ({ id, isEntry: routes.some(({ internet }) => internet) })),
    calls: records.calls,
  });
  const alone = reconcile(records, { now, traffic, activeDays, gates });
  const { endpoints, productionOnly } = inEnvironments(alone, stages);
  const estate: JudgedParts = {
    services: toServices(records, endpoints, calls, gates),
    endpoints,
    calls,
    credentials: records.credentials.map((record) => governCredential(record, byId, now)),
  };
  return { estate, productionOnly };
}

function inEnvironments(alone: readonly Endpoint[], stages: Stages) {
  const first = sideBySide(alone, stages);
  const endpoints = declareEverywhere(alone, first.elsewhere);
  // statuses that are told of other environments are those that came of it
  const { elsewhere, productionOnly } = endpoints === alone ? first : sideBySide(endpoints, stages);
  for (const endpoint of elsewhere.size > 0 ? endpoints : []) {
    endpoint.elsewhere = elsewhere.get(endpoint.id) ?? endpoint.elsewhere;
  }
  return { endpoints, productionOnly };
}
