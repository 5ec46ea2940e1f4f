import type { State } from '../authorization/check/index.ts';
import type { Policy } from '../authorization/model/index.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { JudgedEstate, Records, Waiver } from '../estate/index.ts';
import type { Cluster } from '../sources/index.ts';
import { networkOf } from '../sources/kubernetes/network/index.ts';

/** What is known of a folder or a cluster. */
export interface Known {
  readonly policy: Policy;
  readonly records: Records;
  readonly judged: Pick<JudgedEstate, 'endpoints' | 'credentials'>;
  /** Its Kubernetes objects. */
  readonly cluster: Cluster | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Of a folder. */
  readonly waivers?: readonly Waiver[];
}

/** As much of it as a check compares. */
export function toState({ policy, records, judged, cluster, diagnostics, waivers }: Known): State {
  const found = cluster && networkOf(cluster);
  return {
    policy,
    ...(waivers && { waivers }),
    network: found?.network,
    services: records.services.map(
      ({ id, name, namespace, kind, permissions, postures, routes, declaresCalls, sources }) => ({
        ...{ id, name, namespace, kind, permissions, postures, routes, declaresCalls, sources },
      }),
    ),
    endpoints: judged.endpoints.map(
      ({ service, protocol, method, template, declaredIn, configuredIn, implementedIn }) => ({
        ...{ service, protocol, method, template, declaredIn, configuredIn, implementedIn },
      }),
    ),
    calls: records.calls.map(({ from, to, operation, sources }) => ({
      ...{ from, to, operation, sources },
    })),
    credentials: judged.credentials.map(
      ({ id, name, kind, services, owner, locations, fingerprint }) => ({
        ...{ id, name, kind, services, owner, locations, fingerprint },
      }),
    ),
    weaknesses: records.weaknesses.filter(({ control }) => control.startsWith('identity/mtls-')),
    diagnostics: [...diagnostics, ...(found?.diagnostics ?? [])],
  };
}
