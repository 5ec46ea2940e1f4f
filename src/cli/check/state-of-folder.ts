import type { State } from '../../authorization/check/index.ts';
import { type PolicyOptions, readPolicy } from '../../server/policy-of-folder.ts';
import { networkOf } from '../../sources/kubernetes/network/index.ts';

/** What a folder says, as much of it as a check compares. */
export function stateOfFolder(folder: string, options: PolicyOptions): State {
  const { policy, records, judged, cluster, diagnostics } = readPolicy(folder, options);
  const found = cluster && networkOf(cluster);
  return {
    policy,
    network: found?.network,
    services: records.services.map(
      ({ id, name, namespace, kind, permissions, postures, routes, declaresCalls, sources }) => ({
        id,
        name,
        namespace,
        kind,
        permissions,
        postures,
        routes,
        declaresCalls,
        sources,
      }),
    ),
    endpoints: judged.endpoints.map(
      ({ service, protocol, method, template, declaredIn, configuredIn, implementedIn }) => ({
        service,
        protocol,
        method,
        template,
        declaredIn,
        configuredIn,
        implementedIn,
      }),
    ),
    calls: records.calls.map(({ from, to, operation, sources }) => ({
      from,
      to,
      operation,
      sources,
    })),
    credentials: judged.credentials.map(
      ({ id, name, kind, services, owner, locations, fingerprint }) => ({
        id,
        name,
        kind,
        services,
        owner,
        locations,
        fingerprint,
      }),
    ),
    weaknesses: records.weaknesses.filter(({ control }) => control.startsWith('identity/mtls-')),
    diagnostics: [...diagnostics, ...(found?.diagnostics ?? [])],
  };
}
