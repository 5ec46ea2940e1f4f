import type { JudgedEstate, Records } from '../estate/index.ts';
import { judgeCalls } from '../identity/index.ts';
import { reconcile } from '../inventory/index.ts';
import { governCredential } from '../secrets/index.ts';
import { answer } from './answers.ts';
import { findFailures } from './findings.ts';
import { toServices } from './services.ts';

/** Judges all that is known: the status of each endpoint, the authentication of each call, the
 *  government of each credential, every finding, and the three answers.
 *  @param now RFC 3339 */
export function judge(records: Records, now: string): JudgedEstate {
  const byId = new Map(records.services.map((service) => [service.id, service]));
  const calls = judgeCalls(records.calls, records.services);
  const endpoints = reconcile(records);
  const services = toServices(records, endpoints, calls);
  const criticality = new Map(services.map((service) => [service.id, service.criticality]));
  const estate = {
    services,
    endpoints: endpoints.map((endpoint) => ({
      ...endpoint,
      criticality: endpoint.criticality ?? criticality.get(endpoint.service) ?? null,
    })),
    calls,
    credentials: records.credentials.map((record) => governCredential(record, byId, now)),
  };
  return { ...estate, findings: findFailures(records, estate), answers: answer(estate) };
}
