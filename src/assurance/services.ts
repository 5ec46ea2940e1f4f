import type { Call, Endpoint, Records, Service, ServiceRecord } from '../estate/index.ts';
import { criticalityOf, type Gate } from '../inventory/index.ts';

/** The services as people see them. Exposure follows routes from outside; criticality follows exposure,
 *  callers, the place in the call graph and what the endpoints handle, where nobody declared it. */
export function toServices(
  records: Records,
  endpoints: readonly Endpoint[],
  calls: readonly Call[],
  gates: ReadonlyMap<string, Gate>,
): Service[] {
  const callers = new Map<string, Set<string>>();
  for (const { from, to } of calls) callers.set(to, (callers.get(to) ?? new Set()).add(from));
  const sensitivity = new Map<string, Set<string>>();
  for (const endpoint of endpoints) {
    if (endpoint.visibility !== 'shown') continue;
    const tags = sensitivity.get(endpoint.service) ?? new Set();
    for (const { tag } of endpoint.sensitivity) tags.add(tag);
    sensitivity.set(endpoint.service, tags);
  }
  return records.services.map((service) => {
    const isOnInternet = service.routes.some((route) => route.internet);
    return {
      id: service.id,
      name: service.name,
      namespace: service.namespace,
      environment: service.environment,
      kind: service.kind,
      owner: service.owner?.owner ?? null,
      criticality:
        service.kind === 'external'
          ? null
          : criticalityOf(service, {
              isOnInternet,
              callerCount: callers.get(service.id)?.size ?? 0,
              sensitivity: [...(sensitivity.get(service.id) ?? []), ...tagsOf(service)],
              gate: gates.get(service.id),
            }).criticality,
      exposure: isOnInternet ? 'internet' : 'internal',
      identity: service.identities[0] ?? null,
      sources: [...service.sources],
    };
  });
}

function tagsOf(service: ServiceRecord): string[] {
  return service.sensitivity.map(({ tag }) => tag);
}
